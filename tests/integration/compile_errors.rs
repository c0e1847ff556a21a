//! Programs that must not compile, and what the compiler says: one folder for each rule.

#[test]
fn each_mistake_is_told_at_its_place_with_the_remedy() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("ui/*/*.rs");
}

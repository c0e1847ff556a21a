use super::{Program, compile};

/// 2026-01-01T00:00:00Z.
const NOW: i64 = 1_767_225_600_000_000_000;

fn program(script: &str) -> Program {
    compile(script, None, NOW).unwrap()
}

fn message(script: &str) -> String {
    compile(script, None, NOW).unwrap_err().message
}

#[test]
fn a_script_becomes_a_pipeline() {
    let program = program("from(bucket: \"b\") |> range(start: -1h)");
    assert_eq!(program.results.len(), 1);
    assert!(message("form()").contains("undefined identifier form"));
}

use super::parse;
use crate::point::Series;

fn message(text: &str) -> String {
    parse(text).map_or_else(|refusal| refusal.message, |_| String::new())
}

#[test]
fn is_refused_in_the_server_s_words() {
    let cases = [
        ("a=\"x\" or b=c", "the logical operator OR is not supported yet at position 6"),
        ("a=~/x/", "operator: \"=~\" at position: 1 is not supported yet"),
        ("a !~ /x/", "operator: \"!~\" at position: 2 is not supported yet"),
        ("a<1", "invalid operator \"<\" at position: 1"),
        ("a::tag=b", "invalid operator \"::\" at position: 1"),
        ("a select 1", "invalid operator \"SELECT\" at position: 2"),
        ("a 5", "invalid operator \"\" at position: 2"),
        ("a", "invalid operator \"EOF\" at position: 2"),
        ("a='x'", "bad tag value: \"x\", at position 1"),
        ("a=", "bad tag value: \"\", at position 2"),
        ("a=$p", "bad tag value: \"$p\", at position 2"),
        ("a=é", "bad tag value: \"é\", at position 2"),
        ("a=\"x", "bad tag value: \"x\", at position 1"),
        ("a=\"\\q\"", "bad tag value: \"\\\\q\", at position 4"),
        ("5=a", "bad tag key, at position 0"),
        ("=", "bad logical expression, at position 0"),
        ("a=b -- x", "bad logical expression, at position 4"),
        ("\na=b.c", "bad logical expression, at position 3"),
        ("(a=b", "extra ( seen"),
        ("a=b)", "extra ) seen"),
    ];
    for (text, reason) in cases {
        assert_eq!(message(text), format!("error decoding json body: {reason}"), "{text}");
    }
    let blank = "invalid request; error parsing predicate: found EOF, expected identifier, string, \
                 number, bool at line 1, char 3";
    assert_eq!(message(" "), blank);
    assert_eq!(parse("a=b and _field=x").unwrap_err().status, 501);
}

#[test]
fn what_only_one_of_the_two_grammars_takes_is_not_known() {
    let deep = "(".repeat(200_000);
    let cases =
        ["a=b and", "and a=b", "a=b c=d", "()", "name=x", "a=5i", "a=-x", "_measurement!=m", "\0"];
    for text in cases.into_iter().chain([deep.as_str()]) {
        assert!(message(text).contains("does not know"), "{text}");
    }
}

#[test]
fn holds_for_series_that_have_the_tags() {
    let series = Series {
        measurement: "x=y".into(),
        tags: vec![("a b".into(), "-5".into()), ("t".into(), "v\n\"".into())],
    };
    let cases = [
        ("", true),
        ("\"a b\" = -5 AND t=\"v\\n\\\"\"", true),
        ("(t != v aNd (_measurement=\"x=y\" and \"a b\"!=\"\")) and t!=5d", true),
        ("t=v", false),
        ("u!=v", false),
        ("u=\"\"", false),
        ("_field!=f", false),
        ("time=5", false),
        // The server takes such a name for a tag.
        ("x=y", true),
    ];
    for (text, holds) in cases {
        assert_eq!(parse(text).unwrap().matches(&series), holds, "{text}");
    }
}

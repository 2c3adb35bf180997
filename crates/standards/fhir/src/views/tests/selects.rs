//! Selects: columns, nesting, `forEach`, `forEachOrNull`, `repeat`, `unionAll`, and their products.

use super::{columns, failed, names, rows, view};

const ONE: &str = r#"{"resourceType":"Patient","id":"1","active":true,"name":[{"family":"A","given":["a","b"]},{"family":"B"}],
    "telecom":[{"system":"phone","value":"11"}],
    "contact":[{"name":{"family":"C"},"telecom":[{"system":"phone","value":"21"},{"system":"email","value":"22"}]},
        {"name":{"family":"D"},"telecom":[{"system":"sms","value":"31"}]}]}"#;
const TWO: &str = r#"{"resourceType":"Patient","id":"2","active":false,"name":[{"family":"E"}]}"#;
const THREE: &str = r#"{"resourceType":"Patient","id":"3"}"#;
const ANSWERS: &str = r#"{"resourceType":"QuestionnaireResponse","id":"q","item":[
    {"linkId":"1","item":[
        {"linkId":"1.1","answer":[{"valueString":"yes","item":[{"linkId":"1.1.1"}]}]},
        {"linkId":"1.2","item":[{"linkId":"1.2.1"}]}]},
    {"linkId":"2"}]}"#;
const ALL: [&str; 3] = [ONE, TWO, THREE];
const ID: &str = r#"{"column":[{"name":"id","path":"id"}]}"#;

fn of_patients(selects: &str) -> Vec<String> {
    rows(&view("Patient", &format!(r#""select":[{selects}]"#)), &ALL)
}

#[test]
fn only_resources_of_the_type_have_rows() {
    let view = columns("Patient", &[("id", "id")]);
    assert_eq!(rows(&view, &[ONE, ANSWERS, THREE]), [r#"["1"]"#, r#"["3"]"#]);
}

#[test]
fn what_is_absent_is_null_and_false_is_false() {
    let view = columns("Patient", &[("id", "id"), ("active", "active"), ("family", "name.family.first()")]);
    assert_eq!(rows(&view, &ALL), [r#"["1",true,"A"]"#, r#"["2",false,"E"]"#, r#"["3",null,null]"#]);
}

#[test]
fn where_keeps_what_is_true_of_all() {
    let with = |conditions: &str| {
        let members = format!(r#""select":[{ID}],"where":[{conditions}]"#);
        rows(&view("Patient", &members), &ALL)
    };
    assert_eq!(with(r#"{"path":"active"}"#), [r#"["1"]"#]);
    assert_eq!(with(r#"{"path":"active = false","description":"d"}"#), [r#"["2"]"#]);
    assert_eq!(with(r#"{"path":"name.exists()"},{"path":"contact.empty()"}"#), [r#"["2"]"#]);
    assert_eq!(
        with(r#"{"path":"name.where(family = 'A' or family = 'E').exists()"}"#),
        [r#"["1"]"#, r#"["2"]"#]
    );
    assert_eq!(with(r#"{"path":"name.where(family = 'Z').exists()"}"#), [""; 0]);
    assert_eq!(with(r#"{"path":"(active = true).not()"}"#), [r#"["2"]"#]);
    assert_eq!(with(r#"{"path":"active and name.exists()"}"#), [r#"["1"]"#]);
}

#[test]
fn a_condition_that_is_no_boolean_is_an_error_when_that_shows() {
    let members = format!(r#""select":[{ID}],"where":[{{"path":"deceased"}}]"#);
    let lax = view("Patient", &members);
    let (place, _) = failed(&lax, r#"{"resourceType":"Patient","deceasedDateTime":"2020"}"#);
    assert_eq!(place, "ViewDefinition.where[0].path");
    assert_eq!(rows(&lax, &[r#"{"resourceType":"Patient","id":"x","deceasedBoolean":true}"#]), [r#"["x"]"#]);
    let several =
        view("Patient", &format!(r#""select":[{ID}],"where":[{{"path":"name.given.exists() | false"}}]"#));
    assert!(failed(&several, ONE).1.contains("several"));
}

#[test]
fn for_each_is_an_inner_join() {
    let found =
        of_patients(&format!(r#"{ID},{{"forEach":"name","column":[{{"name":"family","path":"family"}}]}}"#));
    assert_eq!(found, [r#"["1","A"]"#, r#"["1","B"]"#, r#"["2","E"]"#]);
    let none =
        of_patients(&format!(r#"{ID},{{"forEach":"identifier","column":[{{"name":"v","path":"value"}}]}}"#));
    assert!(none.is_empty());
}

#[test]
fn for_each_or_null_is_an_outer_join() {
    let select = r#"{"forEachOrNull":"name","column":[{"name":"family","path":"family"},{"name":"said","path":"'x'"},
        {"name":"row","path":"%rowIndex"},{"name":"given","path":"given","collection":true}]}"#;
    let found = of_patients(&format!("{ID},{select}"));
    let wanted = [
        r#"["1","A","x",0,["a","b"]]"#,
        r#"["1","B","x",1,[]]"#,
        r#"["2","E","x",0,[]]"#,
        r#"["3",null,null,0,null]"#,
    ];
    assert_eq!(found, wanted);
}

#[test]
fn nested_for_each_repeats_what_is_around_it() {
    let beside = r#"{"forEach":"contact","select":[{"column":[{"name":"family","path":"name.family"}]},
        {"forEach":"telecom","column":[{"name":"system","path":"system"}]}]}"#;
    let around = r#"{"forEach":"contact","column":[{"name":"family","path":"name.family"}],
        "select":[{"forEach":"telecom","column":[{"name":"system","path":"system"}]}]}"#;
    let wanted = [r#"["1","C","phone"]"#, r#"["1","C","email"]"#, r#"["1","D","sms"]"#];
    for select in [beside, around] {
        assert_eq!(of_patients(&format!("{ID},{select}")), wanted);
    }
    let on_select = r#"{"forEach":"name.given","column":[{"name":"given","path":"$this"}]}"#;
    assert_eq!(of_patients(&format!("{ID},{on_select}")), [r#"["1","a"]"#, r#"["1","b"]"#]);
}

#[test]
fn siblings_are_multiplied() {
    let names = r#"{"forEach":"name","column":[{"name":"family","path":"family"}]}"#;
    let systems = r#"{"forEach":"contact.telecom","column":[{"name":"system","path":"system"}]}"#;
    let found = of_patients(&format!("{names},{systems}"));
    let wanted = [
        r#"["A","phone"]"#,
        r#"["A","email"]"#,
        r#"["A","sms"]"#,
        r#"["B","phone"]"#,
        r#"["B","email"]"#,
        r#"["B","sms"]"#,
    ];
    assert_eq!(found, wanted);
    let inside = format!(r#"{{"select":[{ID},{{"column":[{{"name":"again","path":"id"}}]}}]}}"#);
    assert_eq!(of_patients(&inside), [r#"["1","1"]"#, r#"["2","2"]"#, r#"["3","3"]"#]);
}

#[test]
fn a_union_is_one_branch_after_the_other() {
    let branch = |path: &str| {
        format!(
            r#"{{"forEach":"{path}","column":[{{"name":"value","path":"value"}},{{"name":"system","path":"system"}}]}}"#
        )
    };
    let (own, theirs, none) = (branch("telecom"), branch("contact.telecom"), branch("telecom.where(false)"));
    let wanted =
        [r#"["1","11","phone"]"#, r#"["1","21","phone"]"#, r#"["1","22","email"]"#, r#"["1","31","sms"]"#];
    let select = format!(r#"{ID},{{"unionAll":[{own},{theirs}]}}"#);
    assert_eq!(of_patients(&select), wanted);
    let with_column = format!(r#"{{"column":[{{"name":"id","path":"id"}}],"unionAll":[{own},{theirs}]}}"#);
    assert_eq!(of_patients(&with_column), wanted);
    let nested = format!(r#"{ID},{{"unionAll":[{own},{{"unionAll":[{none},{{"select":[{theirs}]}}]}}]}}"#);
    assert_eq!(of_patients(&nested), wanted);
    let twice = of_patients(&format!(r#"{{"unionAll":[{own},{own}]}}"#));
    assert_eq!(twice, [r#"["11","phone"]"#, r#"["11","phone"]"#]);
    assert!(of_patients(&format!(r#"{ID},{{"unionAll":[{none},{none}]}}"#)).is_empty());
}

#[test]
fn a_union_of_outer_joins_has_a_row_for_each() {
    let branch = r#"{"forEachOrNull":"name","column":[{"name":"family","path":"family"}]}"#;
    let found = of_patients(&format!(r#"{ID},{{"unionAll":[{branch},{branch}]}}"#));
    assert_eq!(&found[6..], [r#"["3",null]"#, r#"["3",null]"#]);
    // What is not there has one row of nulls, whatever is inside.
    let outer = format!(r#"{{"forEachOrNull":"contact","unionAll":[{branch},{branch}]}}"#)
        .replace("\"name\",\"column", "\"name\",\"column");
    assert_eq!(of_patients(&format!("{ID},{outer}")).last().unwrap(), r#"["3",null]"#);
}

#[test]
fn columns_come_before_selects_and_selects_before_the_union() {
    let select = r#"{"unionAll":[{"column":[{"name":"e","path":"'1'"},{"name":"f","path":"'2'"}]},
            {"column":[{"name":"e","path":"'3'"},{"name":"f","path":"'4'"}]}],
        "select":[{"forEach":"name","column":[{"name":"c","path":"family"}]},{"column":[{"name":"d","path":"true"}]}],
        "column":[{"name":"a","path":"id"},{"name":"b","path":"'B'"}]},{"column":[{"name":"g","path":"7"}]}"#;
    let view = view("Patient", &format!(r#""select":[{select}]"#));
    assert_eq!(names(&view), ["a", "b", "c", "d", "e", "f", "g"]);
    assert_eq!(rows(&view, &[TWO]), [r#"["2","B","E",true,"1","2",7]"#, r#"["2","B","E",true,"3","4",7]"#]);
}

#[test]
fn repeat_goes_down_and_keeps_the_order_of_the_document() {
    let run = |members: &str| {
        let select = format!(
            r#"{{{members},"column":[{{"name":"link","path":"linkId"}},{{"name":"row","path":"%rowIndex"}}]}}"#
        );
        rows(&view("QuestionnaireResponse", &format!(r#""select":[{select}]"#)), &[ANSWERS])
    };
    let items = [r#"["1",0]"#, r#"["1.1",1]"#, r#"["1.2",2]"#, r#"["1.2.1",3]"#, r#"["2",4]"#];
    assert_eq!(run(r#""repeat":["item"]"#), items);
    let all =
        [r#"["1",0]"#, r#"["1.1",1]"#, r#"["1.1.1",2]"#, r#"["1.2",3]"#, r#"["1.2.1",4]"#, r#"["2",5]"#];
    assert_eq!(run(r#""repeat":["item","answer.item"]"#), all);
    assert_eq!(run(r#""repeat":["answer.item"]"#), [""; 0]);
    let nothing = view(
        "QuestionnaireResponse",
        r#""select":[{"repeat":["jurisdiction"],"column":[{"name":"code","path":"coding.code"}]}]"#,
    );
    assert!(rows(&nothing, &[ANSWERS]).is_empty());
    assert_eq!(nothing.warnings().len(), 1);
    assert!(
        view(
            "QuestionnaireResponse",
            r#""select":[{"repeat":["item","answer.item"],"column":[{"name":"a","path":"linkId"}]}]"#
        )
        .warnings()
        .is_empty()
    );
}

#[test]
fn repeat_holds_what_other_selects_hold() {
    let answers = |each: &str| {
        let members = format!(
            r#""select":[{{"repeat":["item"],"column":[{{"name":"link","path":"linkId"}}],"select":[
                {{"{each}":"answer","column":[{{"name":"value","path":"value.ofType(string)"}}]}}]}}]"#
        );
        rows(&view("QuestionnaireResponse", &members), &[ANSWERS])
    };
    assert_eq!(answers("forEach"), [r#"["1.1","yes"]"#]);
    let wanted =
        [r#"["1",null]"#, r#"["1.1","yes"]"#, r#"["1.2",null]"#, r#"["1.2.1",null]"#, r#"["2",null]"#];
    assert_eq!(answers("forEachOrNull"), wanted);
    let branch = |name: &str, paths: &str| {
        format!(
            r#"{{"repeat":[{paths}],"column":[{{"name":"from","path":"'{name}'"}},{{"name":"link","path":"linkId"}}]}}"#
        )
    };
    let union = format!(
        r#""select":[{{"unionAll":[{},{}]}}]"#,
        branch("a", "\"item\""),
        branch("b", "\"item\",\"answer.item\"")
    );
    let found = rows(&view("QuestionnaireResponse", &union), &[ANSWERS]);
    assert_eq!((found.len(), &*found[4], &*found[7]), (11, r#"["a","2"]"#, r#"["b","1.1.1"]"#));
}

#[test]
fn the_row_index_counts_what_the_nearest_select_goes_over() {
    assert_eq!(of_patients(r#"{"column":[{"name":"row","path":"%rowIndex"}]}"#), ["[0]", "[0]", "[0]"]);
    let nested = r#"{"forEach":"contact","column":[{"name":"outer","path":"%rowIndex"}],
        "select":[{"forEach":"telecom","column":[{"name":"inner","path":"%rowIndex"},{"name":"next","path":"%rowIndex + 1"}]}]}"#;
    assert_eq!(of_patients(nested), ["[0,0,1]", "[0,1,2]", "[1,0,1]"]);
    // A branch that goes over nothing has the number of what is around it.
    let union = r#"{"forEach":"contact","unionAll":[
        {"forEach":"telecom","column":[{"name":"row","path":"%rowIndex"},{"name":"value","path":"value"}]},
        {"column":[{"name":"row","path":"%rowIndex"},{"name":"value","path":"name.family"}]}]}"#;
    assert_eq!(of_patients(union), [r#"[0,"21"]"#, r#"[1,"22"]"#, r#"[0,"C"]"#, r#"[0,"31"]"#, r#"[1,"D"]"#]);
}

#[test]
fn a_collection_is_a_list_and_several_values_without_it_an_error() {
    let with = |members: &str| {
        view(
            "Patient",
            &format!(r#""select":[{{"column":[{{"name":"family","path":"name.family"{members}}}]}}]"#),
        )
    };
    assert_eq!(rows(&with(r#","collection":true"#), &ALL), [r#"[["A","B"]]"#, r#"[["E"]]"#, "[[]]"]);
    for members in ["", r#","collection":false"#] {
        let single = with(members);
        assert_eq!(rows(&single, &[TWO]), [r#"["E"]"#]);
        let (place, message) = failed(&single, ONE);
        assert_eq!(place, "ViewDefinition.select[0].column[0].path");
        assert!(message.contains("2 values") && !message.contains('A'), "{message}");
    }
}

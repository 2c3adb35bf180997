//! Small releases in the publishers' shapes, made up here.
#![allow(clippy::unwrap_used)]

use std::io::{self, BufRead, Cursor};

use super::*;
use crate::terminology::{CodeSystem, Growing, Subsumption};

struct Folder(&'static str, Vec<(&'static str, Vec<u8>)>);

impl Files for Folder {
    fn label(&self) -> &str {
        self.0
    }

    fn names(&self) -> Vec<String> {
        self.1.iter().map(|(name, _)| (*name).to_owned()).collect()
    }

    fn open<'f>(&'f mut self, name: &str) -> io::Result<Box<dyn BufRead + 'f>> {
        let found = self.1.iter().find(|(known, _)| *known == name).ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(Cursor::new(found.1.as_slice())))
    }
}

fn folder(label: &'static str, files: &[(&'static str, &str)]) -> Folder {
    Folder(label, files.iter().map(|(name, text)| (*name, text.as_bytes().to_vec())).collect())
}

fn loaded(publication: Publication, mut files: Folder) -> (Json, CodeSystem) {
    let mut concepts = Vec::new();
    let mut sink = |json| {
        concepts.push(json);
        true
    };
    let json = read(publication, &mut files, &Wishes::default(), &mut sink).unwrap();
    let mut system = Growing::of(&json).unwrap();
    for concept in &concepts {
        system.take(concept);
    }
    (json, system.finish())
}

fn refused(publication: Publication, mut files: Folder) -> String {
    read(publication, &mut files, &Wishes::default(), &mut |_| true).unwrap_err().to_string()
}

fn order_line(number: u32, code: &str, valid: u8, short: &str, long: &str) -> String {
    format!("{number:05} {code:<7} {valid} {short:<60} {long}\r\n")
}

#[test]
fn icd_10_cm_is_a_tree_by_beginnings() {
    let text = [
        order_line(1, "A00", 0, "Cholera", "Cholera"),
        order_line(2, "A000", 1, "Cholera, biovar one", "Cholera of biovar one"),
        order_line(3, "H81", 0, "Vestibular", "Disorders of vestibular function"),
        order_line(4, "H810", 0, "Ménière's disease", "Ménière's disease"),
        order_line(5, "H8101", 1, "Ménière's disease, right ear", "Ménière's disease, right ear"),
    ];
    let latin: Vec<u8> =
        text.concat().chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect();
    for bytes in [text.concat().into_bytes(), latin] {
        let files =
            Folder("x", vec![("Code/icd10cm-order-April-2026.txt", bytes), ("readme.txt", Vec::new())]);
        let (json, system) = loaded(Publication::Icd10Cm, files);
        assert_eq!(json.str("version"), Some("2026-04"));
        assert_eq!(json.str("content"), Some("not-present"));
        let ear = system.concept("H81.01").unwrap();
        assert_eq!(ear.display.as_deref(), Some("Ménière's disease, right ear"));
        assert_eq!(system.subsumption("H81", "H81.01"), Some(Subsumption::Subsumes));
        assert_eq!(system.subsumption("A00", "H81.01"), Some(Subsumption::NotSubsumed));
        assert!(system.concept("H81.0").unwrap().is_abstract && !ear.is_abstract);
    }
}

#[test]
fn loinc_has_terms_parts_and_answers() {
    let table = "\u{feff}LOINC_NUM,COMPONENT,PROPERTY,STATUS,SHORTNAME,LONG_COMMON_NAME,EXTERNAL_COPYRIGHT_NOTICE\n\
        8480-6,Intravascular systolic,Pres,ACTIVE,BP sys,\"Systolic blood pressure, any\",\n\
        1-8,Old,Prid,DEPRECATED,,Old thing,Somebody's\n";
    let hierarchy = "PATH_TO_ROOT,SEQUENCE,IMMEDIATE_PARENT,CODE,CODE_TEXT\n\
        ,1,,LP29693-6,Laboratory\nLP29693-6,1,LP29693-6,LP1-1,Pressure\nLP29693-6.LP1-1,1,LP1-1,8480-6,Systolic\n";
    let answers = "AnswerListId,AnswerStringId,DisplayText\nLL1-1,LA6576-8,Positive\nLL2-9,LA6576-8,Positive\nLL1-1,,x\n";
    let files = folder(
        "Loinc_2.80.zip",
        &[
            ("LoincTable/Loinc.csv", table),
            ("AccessoryFiles/ComponentHierarchyBySystem/ComponentHierarchyBySystem.csv", hierarchy),
            ("AccessoryFiles/AnswerFile/AnswerList.csv", answers),
        ],
    );
    let (json, system) = loaded(Publication::Loinc, files);
    assert_eq!(json.str("version"), Some("2.80"));
    assert!(json.str("copyright").unwrap().contains("loinc.org/license"));
    let systolic = system.concept("8480-6").unwrap();
    assert_eq!(systolic.display.as_deref(), Some("Systolic blood pressure, any"));
    assert_eq!(systolic.property("copyright").collect::<Vec<_>>(), ["LOINC"]);
    assert_eq!(system.subsumption("LP29693-6", "8480-6"), Some(Subsumption::Subsumes));
    assert!(system.concept("1-8").unwrap().is_inactive);
    assert_eq!(system.concept("LA6576-8").unwrap().property("LIST").collect::<Vec<_>>(), ["LL1-1", "LL2-9"]);
    let wrong = folder("Loinc_2.80", &[("Loinc.csv", "A,B\n1,2\n")]);
    assert_eq!(refused(Publication::Loinc, wrong), "Loinc.csv, line 1: there is no column LOINC_NUM");
}

#[test]
fn rxnorm_keeps_its_own_names_and_relations() {
    let names = "1191|ENG|P|L1|PF|S1|Y|A1||1191||RXNORM|IN|1191|aspirin||N|4096|\n\
        1191|ENG|S|L2|PF|S2|Y|A2||1191||RXNORM|SY|1191|ASA||N||\n\
        1191|ENG|S|L3|PF|S3|Y|A3||x||OTHER|PT|x|Licensed name||N||\n\
        212033|ENG|P|L4|PF|S4|Y|A4||212033||RXNORM|PSN|212033|aspirin 325 MG tablet||N||\n\
        212033|ENG|P|L5|PF|S5|Y|A5||212033||RXNORM|SCD|212033|aspirin 325 MG Oral Tablet||N||\n\
        9|ENG|P|L6|PF|S6|Y|A6||9||RXNORM|IN|9|gone||O||\n";
    let relations = "1191||CUI|RO|212033||CUI|has_ingredient|1||RXNORM|RXNORM||||\n\
        1191||CUI|RB|9||CUI|isa|2||RXNORM|RXNORM||||\n\
        77||CUI|RO|212033||CUI|has_ingredient|1||RXNORM|RXNORM||||\n";
    let codes = "212033|||A5|AUI|212033|||NDC|RXNORM|00536105356|N||\n";
    let files = folder(
        "RxNorm_full_03022026.zip",
        &[("rrf/RXNCONSO.RRF", names), ("rrf/RXNREL.RRF", relations), ("rrf/RXNSAT.RRF", codes)],
    );
    let (json, system) = loaded(Publication::RxNorm, files);
    assert_eq!(json.str("version"), Some("03022026"));
    let tablet = system.concept("212033").unwrap();
    assert_eq!(tablet.display.as_deref(), Some("aspirin 325 MG Oral Tablet"));
    assert_eq!(tablet.property("TTY").collect::<Vec<_>>(), ["SCD"]);
    assert_eq!(tablet.property("has_ingredient").collect::<Vec<_>>(), ["1191"]);
    assert_eq!(tablet.property("NDC").collect::<Vec<_>>(), ["00536105356"]);
    let aspirin = system.concept("1191").unwrap();
    assert_eq!(aspirin.designations.len(), 1, "names of other sources are theirs");
    assert!(system.concept("9").unwrap().is_inactive);
    assert_eq!(system.subsumption("1191", "9"), Some(Subsumption::Subsumes));
    let wrong = folder("RxNorm_full_03022026", &[("RXNCONSO.RRF", "1191|ENG\n")]);
    assert!(refused(Publication::RxNorm, wrong).starts_with("RXNCONSO.RRF, line 1: "));
}

#[test]
fn snomed_shows_what_a_dialect_prefers() {
    let concepts = "id\teffectiveTime\tactive\tmoduleId\tdefinitionStatusId\r\n\
        138875005\t20020131\t1\t900000000000207008\t900000000000074008\r\n\
        404684003\t20020131\t1\t900000000000207008\t900000000000074008\r\n\
        17\t20020131\t0\t900000000000207008\t900000000000073002\r\n";
    let described = "id\teffectiveTime\tactive\tmoduleId\tconceptId\tlanguageCode\ttypeId\tterm\tcaseSignificanceId\n\
        1\t2002\t1\tm\t404684003\ten\t900000000000003001\tMade up finding (finding)\tc\n\
        2\t2002\t1\tm\t404684003\ten\t900000000000013009\tFinding, British\tc\n\
        3\t2002\t1\tm\t404684003\ten\t900000000000013009\tFinding, American\tc\n\
        4\t2002\t0\tm\t404684003\ten\t900000000000013009\tWithdrawn\tc\n";
    let language = "id\teffectiveTime\tactive\tmoduleId\trefsetId\treferencedComponentId\tacceptabilityId\n\
        a\t2002\t1\tm\t900000000000509007\t3\t900000000000548007\n\
        b\t2002\t1\tm\t900000000000508004\t2\t900000000000548007\n\
        c\t2002\t1\tm\t900000000000509007\t1\t900000000000548007\n";
    let relations = "id\teffectiveTime\tactive\tmoduleId\tsourceId\tdestinationId\trelationshipGroup\ttypeId\tcharacteristicTypeId\tmodifierId\n\
        r\t2002\t1\tm\t404684003\t138875005\t0\t116680003\tc\tm\n\
        s\t2002\t0\tm\t17\t138875005\t0\t116680003\tc\tm\n";
    let release = || {
        folder(
            "sct",
            &[
                ("Snapshot/Terminology/sct2_Concept_Snapshot_INT_20260101.txt", concepts),
                ("Snapshot/Terminology/sct2_Description_Snapshot-en_INT_20260101.txt", described),
                ("Snapshot/Terminology/sct2_Relationship_Snapshot_INT_20260101.txt", relations),
                ("Snapshot/Refset/Language/der2_cRefset_LanguageSnapshot-en_INT_20260101.txt", language),
            ],
        )
    };
    let (json, system) = loaded(Publication::Snomed, release());
    assert_eq!(json.str("version"), Some("http://snomed.info/sct/900000000000207008/version/20260101"));
    let finding = system.concept("404684003").unwrap();
    assert_eq!(finding.display.as_deref(), Some("Finding, American"));
    assert_eq!(finding.designations.len(), 2);
    assert_eq!(system.subsumption("138875005", "404684003"), Some(Subsumption::Subsumes));
    assert!(system.concept("17").unwrap().is_inactive);
    assert_eq!(system.subsumption("138875005", "17"), Some(Subsumption::NotSubsumed));
    let mut british = Vec::new();
    let wishes = Wishes { dialect: Some("900000000000508004".to_owned()), ..Wishes::default() };
    read(Publication::Snomed, &mut release(), &wishes, &mut |json| {
        british.extend(json.str("display").map(str::to_owned));
        true
    })
    .unwrap();
    assert!(british.contains(&"Finding, British".to_owned()));
}

#[test]
fn what_is_missing_is_said() {
    assert!(refused(Publication::Snomed, folder("sct", &[("a.txt", "x")])).contains("snapshot of concepts"));
    assert!(refused(Publication::Loinc, folder("l", &[])).contains("Loinc.csv"));
    let untold = folder("codes", &[("order.txt", "")]);
    assert!(refused(Publication::Icd10Cm, untold).contains("--version"));
    let wrong = folder("icd10cm_order_2026.txt", &[("icd10cm_order_2026.txt", "what is this\n")]);
    assert!(refused(Publication::Icd10Cm, wrong).contains("line 1"));
    let mut stopped = folder(
        "x",
        &[(
            "icd10cm_order_2026.txt",
            "00001 A00     0 Cholera                                                      Cholera\n",
        )],
    );
    let stopped = read(Publication::Icd10Cm, &mut stopped, &Wishes::default(), &mut |_| false);
    assert!(matches!(stopped, Err(ReleaseError::Stopped)));
}

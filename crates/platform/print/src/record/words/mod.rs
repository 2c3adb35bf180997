//! The words of a printed record, in the languages of the patients' portal. Dates, codes and what people wrote stay as
//! they are.

mod arabic;
mod english;
mod welsh;

/// A language that records are printed in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Welsh.
    Welsh,
    /// Arabic.
    Arabic,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::English, Self::Welsh, Self::Arabic];

    /// Its code, as BCP 47 writes it.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Welsh => "cy",
            Self::Arabic => "ar",
        }
    }

    /// The language of a code, whatever its region.
    pub fn parse(code: &str) -> Option<Self> {
        let primary = code.split('-').next().unwrap_or(code);
        Self::ALL.into_iter().find(|one| one.code().eq_ignore_ascii_case(primary))
    }

    pub(in crate::record) fn words(self) -> &'static Words {
        match self {
            Self::English => &english::WORDS,
            Self::Welsh => &welsh::WORDS,
            Self::Arabic => &arabic::WORDS,
        }
    }
}

/// A part of the record: its heading, what it says where there is nothing, and what is to be known of it.
pub(in crate::record) struct Part {
    pub(in crate::record) title: &'static str,
    pub(in crate::record) none: &'static str,
    pub(in crate::record) note: &'static str,
}

/// A code and its word.
pub(in crate::record) type Codes = &'static [(&'static str, &'static str)];

/// All words of a language.
pub(in crate::record) struct Words {
    pub(in crate::record) title: &'static str,
    pub(in crate::record) lead: &'static str,
    pub(in crate::record) care: &'static str,
    pub(in crate::record) others: &'static str,
    pub(in crate::record) others_title: &'static str,
    pub(in crate::record) printed: &'static str,
    pub(in crate::record) page_of: &'static str,
    pub(in crate::record) months: [&'static str; 12],
    pub(in crate::record) date_separator: &'static str,
    pub(in crate::record) not_known: &'static str,
    pub(in crate::record) not_named: &'static str,
    pub(in crate::record) yes: &'static str,
    pub(in crate::record) no: &'static str,
    pub(in crate::record) waveform: &'static str,
    pub(in crate::record) about: &'static str,
    pub(in crate::record) name: &'static str,
    pub(in crate::record) born: &'static str,
    pub(in crate::record) died: &'static str,
    pub(in crate::record) gender: &'static str,
    pub(in crate::record) genders: Codes,
    pub(in crate::record) nhs_number: &'static str,
    pub(in crate::record) mrn: &'static str,
    pub(in crate::record) address: &'static str,
    pub(in crate::record) contact: &'static str,
    pub(in crate::record) allergies: Part,
    pub(in crate::record) no_allergies: &'static str,
    pub(in crate::record) substance: &'static str,
    pub(in crate::record) reaction: &'static str,
    pub(in crate::record) seriousness: &'static str,
    pub(in crate::record) seriousnesses: Codes,
    pub(in crate::record) medicines: Part,
    pub(in crate::record) medicine: &'static str,
    pub(in crate::record) how: &'static str,
    pub(in crate::record) as_needed: &'static str,
    pub(in crate::record) once_a: &'static str,
    pub(in crate::record) times_a: &'static str,
    pub(in crate::record) times_every: &'static str,
    pub(in crate::record) units: Codes,
    pub(in crate::record) conditions: Part,
    pub(in crate::record) condition: &'static str,
    pub(in crate::record) immunizations: Part,
    pub(in crate::record) vaccine: &'static str,
    pub(in crate::record) dose: &'static str,
    pub(in crate::record) results: Part,
    pub(in crate::record) measurements: Part,
    pub(in crate::record) test: &'static str,
    pub(in crate::record) result: &'static str,
    pub(in crate::record) usual: &'static str,
    pub(in crate::record) flags: Codes,
    pub(in crate::record) reports: Part,
    pub(in crate::record) report: &'static str,
    pub(in crate::record) conclusion: &'static str,
    pub(in crate::record) procedures: Part,
    pub(in crate::record) procedure: &'static str,
    pub(in crate::record) encounters: Part,
    pub(in crate::record) encounter: &'static str,
    pub(in crate::record) classes: Codes,
    pub(in crate::record) reason: &'static str,
    pub(in crate::record) documents: Part,
    pub(in crate::record) document: &'static str,
    pub(in crate::record) kind: &'static str,
    pub(in crate::record) status: &'static str,
    pub(in crate::record) statuses: Codes,
    pub(in crate::record) date: &'static str,
    pub(in crate::record) since: &'static str,
}

/// The word of a code; a code without a word stays as it is.
pub(in crate::record) fn word(codes: Codes, code: &str) -> String {
    codes.iter().find(|(one, _)| *one == code).map_or(code, |(_, word)| word).to_owned()
}

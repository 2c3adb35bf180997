//! Names of people as a large city has them: with accents, in several scripts, with one part or four.

use crate::chance::Chance;

/// A name in Latin letters and, where the script is another one, as its owner writes it.
pub type Written = (&'static str, &'static str);

/// Where a name comes from.
#[derive(Debug)]
pub struct Origin {
    /// How many of a thousand people.
    pub share: u32,
    /// Language that its owners speak (BCP 47).
    pub language: &'static str,
    /// Given names of women.
    pub women: &'static [Written],
    /// Given names of men.
    pub men: &'static [Written],
    /// Family names.
    pub families: &'static [Written],
}

/// All origins; the shares sum to a thousand.
pub static ORIGINS: [Origin; 16] = [
    Origin {
        share: 420,
        language: "en-GB",
        women: &[
            ("Olivia", ""),
            ("Amelia", ""),
            ("Margaret", ""),
            ("Susan", ""),
            ("Chloe", ""),
            ("Grace", ""),
            ("Patricia", ""),
            ("Emily", ""),
            ("Jean", ""),
            ("Sophie", ""),
            ("Doreen", ""),
            ("Zoë", ""),
            ("Anne-Marie", ""),
            ("Florence", ""),
            ("Hannah", ""),
            ("Beatrice", ""),
            ("Elsie", ""),
            ("Rosemary", ""),
        ],
        men: &[
            ("Oliver", ""),
            ("George", ""),
            ("Harry", ""),
            ("Jack", ""),
            ("Arthur", ""),
            ("Kenneth", ""),
            ("Alan", ""),
            ("William", ""),
            ("Thomas", ""),
            ("Stanley", ""),
            ("Callum", ""),
            ("Noah", ""),
            ("Edward", ""),
            ("Reginald", ""),
            ("Samuel", ""),
            ("Lewis", ""),
            ("Peter", ""),
            ("Dennis", ""),
        ],
        families: &[
            ("Smith", ""),
            ("Taylor", ""),
            ("Brown", ""),
            ("Wilson", ""),
            ("Evans", ""),
            ("Thorne", ""),
            ("Walker", ""),
            ("Hughes", ""),
            ("Fletcher", ""),
            ("Ashworth", ""),
            ("Bell-Hartley", ""),
            ("Cook", ""),
            ("Pemberton", ""),
            ("Marsh", ""),
            ("Whitfield", ""),
            ("Barnes", ""),
            ("Lockwood", ""),
            ("Hale", ""),
            ("Featherstonehaugh", ""),
            ("Price", ""),
            ("Sutton", ""),
            ("Ellery", ""),
            ("Stone", ""),
            ("Quill", ""),
        ],
    },
    Origin {
        share: 70,
        language: "ga",
        women: &[("Aoife", ""), ("Siobhán", ""), ("Niamh", ""), ("Caoimhe", ""), ("Bríd", "")],
        men: &[("Seán", ""), ("Ciarán", ""), ("Pádraig", ""), ("Oisín", ""), ("Eoin", "")],
        families: &[
            ("O'Brien", ""),
            ("Ní Dhomhnaill", ""),
            ("Mac Gabhann", ""),
            ("O'Shea", ""),
            ("Doyle", ""),
        ],
    },
    Origin {
        share: 40,
        language: "cy",
        women: &[("Siân", ""), ("Angharad", ""), ("Cerys", ""), ("Lowri", "")],
        men: &[("Dafydd", ""), ("Rhys", ""), ("Llŷr", ""), ("Gethin", "")],
        families: &[("Llewellyn", ""), ("Griffiths", ""), ("ap Rhydderch", ""), ("Gwynne", "")],
    },
    Origin {
        share: 70,
        language: "pl",
        women: &[("Agnieszka", ""), ("Małgorzata", ""), ("Zofia", ""), ("Joanna", "")],
        men: &[("Paweł", ""), ("Krzysztof", ""), ("Łukasz", ""), ("Michał", "")],
        families: &[("Wiśniewski", ""), ("Dąbrowska", ""), ("Żak", ""), ("Szczepański", ""), ("Nowak", "")],
    },
    Origin {
        share: 60,
        language: "hi",
        women: &[("Priya", "प्रिया"), ("Ananya", "अनन्या"), ("Lakshmi", "लक्ष्मी"), ("Meera", "मीरा")],
        men: &[("Rajesh", "राजेश"), ("Arjun", "अर्जुन"), ("Vikram", "विक्रम"), ("Anil", "अनिल")],
        families: &[("Patel", "पटेल"), ("Sharma", "शर्मा"), ("Iyer", "अय्यर"), ("Gupta", "गुप्ता")],
    },
    Origin {
        share: 60,
        language: "ur",
        women: &[("Fatima", "فاطمہ"), ("Ayesha", "عائشہ"), ("Zainab", "زینب"), ("Noor", "نور")],
        men: &[("Muhammad", "محمد"), ("Imran", "عمران"), ("Bilal", "بلال"), ("Yusuf", "یوسف")],
        families: &[("Khan", "خان"), ("Hussain", "حسین"), ("Chaudhry", "چودھری"), ("Malik", "ملک")],
    },
    Origin {
        share: 40,
        language: "ar",
        women: &[("Maryam", "مريم"), ("Layla", "ليلى"), ("Huda", "هدى"), ("Amal", "أمل")],
        men: &[("Omar", "عمر"), ("Khalid", "خالد"), ("Hassan", "حسن"), ("Tariq", "طارق")],
        families: &[("al-Rashid", "الرشيد"), ("Haddad", "حداد"), ("Nasser", "ناصر"), ("al-Masri", "المصري")],
    },
    Origin {
        share: 20,
        language: "he",
        women: &[("Tamar", "תמר"), ("Yael", "יעל"), ("Noa", "נועה")],
        men: &[("Avi", "אבי"), ("Eitan", "איתן"), ("Moshe", "משה")],
        families: &[("Cohen", "כהן"), ("Mizrahi", "מזרחי"), ("Peretz", "פרץ")],
    },
    Origin {
        share: 40,
        language: "zh",
        women: &[("Mei", "梅"), ("Xiulan", "秀兰"), ("Jing", "静"), ("Yuxi", "雨曦")],
        men: &[("Wei", "伟"), ("Jun", "军"), ("Haoran", "浩然"), ("Ming", "明")],
        families: &[("Li", "李"), ("Wang", "王"), ("Zhang", "张"), ("Ouyang", "欧阳")],
    },
    Origin {
        share: 15,
        language: "ja",
        women: &[("Sakura", "さくら"), ("Yuki", "由紀"), ("Hanako", "花子")],
        men: &[("Haruto", "陽翔"), ("Kenji", "健二"), ("Takumi", "拓海")],
        families: &[("Tanaka", "田中"), ("Yamamoto", "山本"), ("Kobayashi", "小林")],
    },
    Origin {
        share: 15,
        language: "ko",
        women: &[("Ji-woo", "지우"), ("Soo-yeon", "수연")],
        men: &[("Min-jun", "민준"), ("Dong-hyun", "동현")],
        families: &[("Kim", "김"), ("Park", "박"), ("Choi", "최")],
    },
    Origin {
        share: 60,
        language: "yo",
        women: &[("Adaeze", ""), ("Folasadé", ""), ("Ngozi", ""), ("Temitope", "")],
        men: &[("Chinedu", ""), ("Olúwaseun", ""), ("Emeka", ""), ("Babatunde", "")],
        families: &[("Okafor", ""), ("Adébáyò", ""), ("Eze", ""), ("Nwosu", "")],
    },
    Origin {
        share: 30,
        language: "vi",
        women: &[("Thị Hương", ""), ("Ngọc Ánh", ""), ("Mai", "")],
        men: &[("Văn Đức", ""), ("Quốc Bảo", ""), ("Minh", "")],
        families: &[("Nguyễn", ""), ("Trần", ""), ("Lê", "")],
    },
    Origin {
        share: 20,
        language: "uk",
        women: &[("Oksana", "Оксана"), ("Iryna", "Ірина"), ("Daryna", "Дарина")],
        men: &[("Taras", "Тарас"), ("Andrii", "Андрій"), ("Bohdan", "Богдан")],
        families: &[("Shevchenko", "Шевченко"), ("Kovalenko", "Коваленко"), ("Bondar", "Бондар")],
    },
    Origin {
        share: 20,
        language: "el",
        women: &[("Eleni", "Ελένη"), ("Katerina", "Κατερίνα")],
        men: &[("Giorgos", "Γιώργος"), ("Nikos", "Νίκος")],
        families: &[("Papadopoulos", "Παπαδόπουλος"), ("Vlachou", "Βλάχου")],
    },
    Origin {
        share: 20,
        language: "es",
        women: &[("María José", ""), ("Begoña", ""), ("Inés", ""), ("Lucía", "")],
        men: &[("José Ángel", ""), ("Íñigo", ""), ("Andrés", ""), ("Raúl", "")],
        families: &[("García Núñez", ""), ("Muñoz Ibáñez", ""), ("de la Peña Ortiz", ""), ("Castellón", "")],
    },
];

/// The longest name that the demo hospital knows: 300 characters, as the form takes them.
pub fn longest_family() -> String {
    "Wolfeschlegelsteinhausenbergerdorff-".chars().cycle().take(299).chain("x".chars()).collect()
}

/// An origin, by the shares.
pub fn origin(chance: &mut Chance) -> &'static Origin {
    let mut at = chance.below(1_000);
    for origin in &ORIGINS {
        if at < origin.share {
            return origin;
        }
        at -= origin.share;
    }
    let [first, ..] = &ORIGINS;
    first
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_sum_to_a_thousand_and_no_list_is_empty() {
        assert_eq!(ORIGINS.iter().map(|o| o.share).sum::<u32>(), 1_000);
        assert!(ORIGINS.iter().all(|o| !o.women.is_empty() && !o.men.is_empty() && !o.families.is_empty()));
        assert_eq!(longest_family().chars().count(), 300);
    }
}

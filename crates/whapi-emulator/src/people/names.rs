//! Random names from common given and family names in many scripts.

/// A given and a family name of the same script.
pub(super) struct Names {
    given: &'static str,
    family: &'static str,
    /// Whether the family name comes first, without a space.
    family_first: bool,
}

struct Script {
    given: &'static [&'static str],
    family: &'static [&'static str],
    family_first: bool,
    /// Relative frequency of this script.
    weight: u32,
}

const SCRIPTS: [Script; 16] = [
    Script {
        given: &[
            "Anna", "Ben", "Carla", "David", "Emma", "Felix", "Grace", "Hannah", "Isaac", "Julia",
            "Kevin", "Laura", "Marco", "Nina", "Oscar", "Paula", "Robert", "Sofia", "Thomas",
            "Wanjiru",
        ],
        family: &[
            "Abel",
            "Baker",
            "Costa",
            "Dekker",
            "Evans",
            "Fischer",
            "Garcia",
            "Hughes",
            "Jansen",
            "Keller",
            "Lopez",
            "Martin",
            "Novak",
            "Okafor",
            "Peters",
            "Rossi",
            "Silva",
            "Turner",
            "van den Berg",
            "O'Brien",
        ],
        family_first: false,
        weight: 34,
    },
    Script {
        given: &[
            "Zoë",
            "José",
            "Łukasz",
            "Søren",
            "Şebnem",
            "Aïcha",
            "Jiří",
            "Ünal",
            "Ngọc",
            "Inês",
            "Björk",
            "Ștefan",
            "Ađalbjörg",
            "Niño",
        ],
        family: &[
            "Müller",
            "Núñez",
            "Kovács",
            "Ångström",
            "Çelik",
            "Dvořák",
            "Nguyễn",
            "Świątek",
            "Guðmundsdóttir",
            "Lefèvre",
            "Žižka",
            "Ionescu-Țurcanu",
            "Groß",
            "Ó Súilleabháin",
        ],
        family_first: false,
        weight: 18,
    },
    Script {
        given: &[
            "Анна",
            "Иван",
            "Ольга",
            "Дмитрий",
            "Їжак",
            "Марія",
            "Ђорђе",
            "Светлана",
        ],
        family: &[
            "Иванова",
            "Петренко",
            "Соколов",
            "Ковальчук",
            "Јовановић",
            "Щербак",
        ],
        family_first: false,
        weight: 8,
    },
    Script {
        given: &["Ελένη", "Γιώργος", "Μαρία", "Νίκος", "Σοφία"],
        family: &["Παπαδόπουλος", "Γεωργίου", "Νικολάου", "Οικονόμου"],
        family_first: false,
        weight: 3,
    },
    Script {
        given: &["محمد", "فاطمة", "أحمد", "ليلى", "عمر", "مريم", "یاسمین"],
        family: &["الحسن", "عبد الله", "المصري", "حداد", "کریمی"],
        family_first: false,
        weight: 7,
    },
    Script {
        given: &["נועה", "דוד", "תמר", "יוסי", "שירה", "עומר"],
        family: &["כהן", "לוי", "מזרחי", "פרץ", "בן־דוד"],
        family_first: false,
        weight: 5,
    },
    Script {
        given: &["अनीता", "राहुल", "प्रिया", "क्षितिज", "विजय"],
        family: &["शर्मा", "पटेल", "सिंह", "गुप्ता"],
        family_first: false,
        weight: 5,
    },
    Script {
        given: &["রহিম", "শ্রেয়া", "অনন্যা", "সুমন"],
        family: &["দাস", "চক্রবর্তী", "হোসেন"],
        family_first: false,
        weight: 2,
    },
    Script {
        given: &["கார்த்திக்", "மீனா", "செல்வி", "அருண்"],
        family: &["முருகன்", "சுப்பிரமணியன்", "ராஜா"],
        family_first: false,
        weight: 2,
    },
    Script {
        given: &["สมชาย", "มาลี", "ณัฐ", "กมล"],
        family: &["ศรีสุข", "วงศ์ใหญ่", "ทองดี"],
        family_first: false,
        weight: 2,
    },
    Script {
        given: &["伟", "秀英", "小明", "丽", "志强", "美玲"],
        family: &["王", "李", "张", "陳", "歐陽"],
        family_first: true,
        weight: 5,
    },
    Script {
        given: &["花子", "太郎", "さくら", "ケンジ", "陽菜"],
        family: &["佐藤", "鈴木", "髙橋", "渡邉"],
        family_first: true,
        weight: 3,
    },
    Script {
        given: &["민준", "서연", "지우", "하은"],
        family: &["김", "이", "박", "최"],
        family_first: true,
        weight: 2,
    },
    Script {
        given: &["አበበ", "ሰላም", "ዮናስ"],
        family: &["ተስፋዬ", "ከበደ", "ኃይሉ"],
        family_first: false,
        weight: 1,
    },
    Script {
        given: &["ნინო", "გიორგი", "თამარ"],
        family: &["ბერიძე", "კაპანაძე"],
        family_first: false,
        weight: 2,
    },
    Script {
        given: &["Անի", "Արամ", "Նարեկ"],
        family: &["Հակոբյան", "Սարգսյան"],
        family_first: false,
        weight: 1,
    },
];

/// Emoji of each structure.
///
/// One code point, variation selector, skin tone, flag, ZWJ sequence.
const EMOJI: [&str; 8] = ["🌻", "❤️", "👍🏽", "🇰🇪", "👩‍👩‍👧‍👦", "🎾", "☎️", "✨"];

const NOTES: [&str; 8] = [
    "work",
    "gym",
    "school run",
    "Berlin",
    "new number",
    "2nd floor",
    "Tuesdays",
    "дача",
];

const TRADES: [&str; 8] = [
    "Plumber",
    "Dentist",
    "Taxi",
    "Pizza",
    "Bike repair",
    "Vet",
    "Apotheke",
    "Locksmith & Sons",
];

const ABOUT: [&str; 6] = [
    "Hey there! I am using WhatsApp.",
    "Available",
    "At work",
    "🏖️",
    "Open Mo–Fr, 9:00–17:00;\nSa 9:00–13:00",
    "في العمل",
];

impl Names {
    /// Picks a name at random.
    pub(super) fn pick(rng: &mut fastrand::Rng) -> Self {
        let total: u32 = SCRIPTS.iter().map(|script| script.weight).sum();
        let mut roll = rng.u32(..total);
        let script = SCRIPTS
            .iter()
            .find(|script| {
                let here = roll < script.weight;
                roll = roll.saturating_sub(script.weight);
                here
            })
            .unwrap_or(&SCRIPTS[0]);
        Self {
            given: choose(rng, script.given),
            family: choose(rng, script.family),
            family_first: script.family_first,
        }
    }

    fn full(&self) -> String {
        if self.family_first {
            format!("{}{}", self.family, self.given)
        } else {
            format!("{} {}", self.given, self.family)
        }
    }

    /// Returns the name as it is saved in a phone's address book.
    pub(super) fn in_a_phone(&self, rng: &mut fastrand::Rng) -> String {
        match rng.u8(..100) {
            0..58 => self.full(),
            58..74 => self.given.to_owned(),
            74..84 => format!("{} ({})", self.given, choose(rng, &NOTES)),
            84..90 => format!("{} {}", self.full(), choose(rng, &EMOJI)),
            90..95 => format!("{}, {}", self.family, self.given),
            _ => format!("{} {}", choose(rng, &TRADES), self.family),
        }
    }

    /// Returns the name as a person chooses it for themselves.
    pub(super) fn chosen(&self, rng: &mut fastrand::Rng) -> String {
        match rng.u8(..100) {
            0..45 => self.given.to_owned(),
            45..70 => self.full(),
            70..82 => self.given.to_lowercase(),
            82..94 => format!("{} {}", self.given, choose(rng, &EMOJI)),
            94..97 => format!("~{}~", self.given),
            _ => choose(rng, &EMOJI).to_owned(),
        }
    }
}

/// Picks an "about" text at random.
pub(super) fn about(rng: &mut fastrand::Rng) -> &'static str {
    choose(rng, &ABOUT)
}

fn choose(rng: &mut fastrand::Rng, from: &[&'static str]) -> &'static str {
    from[rng.usize(..from.len())]
}

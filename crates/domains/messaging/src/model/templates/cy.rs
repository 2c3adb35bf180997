//! Welsh.

use super::Wording;
use crate::model::Purpose;

const GREETING: &str = "Annwyl {name},";
const CHANGE: &str = "Os na allwch ddod, rhowch wybod i ni cyn gynted ag y gallwch, fel y gall rhywun arall gael yr amser hwn.";
const CLOSING: &str = "{hospital}";
const NO_REPLY: &str = "Peidiwch ag ateb yr e-bost hwn: nid oes neb yn darllen yr atebion.";

pub(super) const fn wording(purpose: Purpose) -> Wording {
    match purpose {
        Purpose::AppointmentRequested => Wording {
            subject: "Mae eich cais wedi ein cyrraedd - {hospital}",
            paragraphs: &[
                GREETING,
                "Mae eich cais am apwyntiad wedi ein cyrraedd. Nid yw wedi'i drefnu eto: byddwn yn ysgrifennu atoch eto.",
                CLOSING,
                NO_REPLY,
            ],
            sms: "{hospital}: mae eich cais am apwyntiad wedi ein cyrraedd. Nid yw wedi'i drefnu eto.",
        },
        Purpose::AppointmentBooked => Wording {
            subject: "Eich apwyntiad - {hospital}",
            paragraphs: &[
                GREETING,
                "Mae eich apwyntiad wedi'i drefnu ar gyfer {date} am {time}, yn {site}.",
                "Mae'r ffeil sydd ynghlwm yn ei roi yn eich calendr.",
                CHANGE,
                CLOSING,
                NO_REPLY,
            ],
            sms: "{hospital}: mae eich apwyntiad wedi'i drefnu ar gyfer {day} am {time}.",
        },
        Purpose::AppointmentRescheduled => Wording {
            subject: "Mae eich apwyntiad wedi'i symud - {hospital}",
            paragraphs: &[
                GREETING,
                "Mae eich apwyntiad wedi'i symud. Mae bellach ar {date} am {time}, yn {site}. Nid yw'r amser cynharach yn sefyll.",
                "Mae'r ffeil sydd ynghlwm yn ei newid yn eich calendr.",
                CHANGE,
                CLOSING,
                NO_REPLY,
            ],
            sms: "{hospital}: mae eich apwyntiad wedi'i symud i {day} am {time}. Nid yw'r amser cynharach yn sefyll.",
        },
        Purpose::AppointmentCancelled => Wording {
            subject: "Mae eich apwyntiad wedi'i ganslo - {hospital}",
            paragraphs: &[
                GREETING,
                "Mae eich apwyntiad ar {date} am {time} wedi'i ganslo. Peidiwch â dod ar yr amser hwnnw.",
                "Os oes angen apwyntiad arnoch o hyd, neu os nad oeddech yn disgwyl hyn, ffoniwch ni.",
                CLOSING,
                NO_REPLY,
            ],
            sms: "{hospital}: mae eich apwyntiad ar {day} am {time} wedi'i ganslo. Peidiwch â dod.",
        },
        Purpose::AppointmentReminder => Wording {
            subject: "Nodyn i'ch atgoffa o'ch apwyntiad - {hospital}",
            paragraphs: &[
                GREETING,
                "Dyma nodyn i'ch atgoffa o'ch apwyntiad ar {date} am {time}, yn {site}.",
                CHANGE,
                CLOSING,
                NO_REPLY,
            ],
            sms: "{hospital}: cofiwch eich apwyntiad ar {day} am {time}. Atebwch IE os dewch chi, NA os na allwch.",
        },
        Purpose::AppointmentOffered => OFFERED,
        Purpose::WaitingEnded => ENDED,
    }
}

const OFFERED: Wording = Wording {
    subject: "Mae amser ar gael i chi - {hospital}",
    paragraphs: &[
        GREETING,
        "Rydych yn aros am apwyntiad. Mae amser ar gael ar {date} am {time}, yn {site}. Rydym yn ei gadw i chi tan {until}.",
        "Mewngofnodwch i ddweud a ydych am ei gael, neu ffoniwch ni. Os na chlywn gennych erbyn hynny, bydd yn cael ei gynnig i rywun arall, a byddwch yn aros ar y rhestr.",
        CLOSING,
        NO_REPLY,
    ],
    sms: "{hospital}: mae amser ar gael ar {day} am {time}. Rydym yn ei gadw tan {until}. Mewngofnodwch neu ffoniwch ni.",
};

const ENDED: Wording = Wording {
    subject: "Ein rhestr aros - {hospital}",
    paragraphs: &[
        GREETING,
        "Nid ydych bellach ar ein rhestr aros am apwyntiad.",
        "Os oes angen apwyntiad arnoch o hyd, neu os nad oeddech yn disgwyl hyn, ffoniwch ni.",
        CLOSING,
        NO_REPLY,
    ],
    sms: "{hospital}: nid ydych bellach ar ein rhestr aros. Os oes angen apwyntiad arnoch o hyd, ffoniwch ni.",
};

//! English.

use super::Wording;
use crate::model::Purpose;

const GREETING: &str = "Dear {name},";
const CHANGE: &str =
    "If you cannot come, please tell us as soon as you can, so that somebody else can have this time.";
const CLOSING: &str = "{hospital}";
const NO_REPLY: &str = "Please do not answer this e-mail: nobody reads the answers.";

pub(super) const fn wording(purpose: Purpose) -> Wording {
    match purpose {
        Purpose::AppointmentRequested => Wording {
            subject: "We have your request - {hospital}",
            paragraphs: &[
                GREETING,
                "We have your request for an appointment. It is not booked yet: we will write to you again when it is.",
                CLOSING,
                NO_REPLY,
            ],
            sms: "{hospital}: we have your request for an appointment. It is not booked yet; we will write again.",
        },
        Purpose::AppointmentBooked => Wording {
            subject: "Your appointment - {hospital}",
            paragraphs: &[
                GREETING,
                "Your appointment is booked for {date} at {time}, at {site}.",
                "The attached file puts it into your calendar.",
                CHANGE,
                CLOSING,
                NO_REPLY,
            ],
            sms: "{hospital}: your appointment is booked for {day} at {time}.",
        },
        Purpose::AppointmentRescheduled => Wording {
            subject: "Your appointment was moved - {hospital}",
            paragraphs: &[
                GREETING,
                "Your appointment was moved. It is now on {date} at {time}, at {site}. The earlier time no longer holds.",
                "The attached file changes it in your calendar.",
                CHANGE,
                CLOSING,
                NO_REPLY,
            ],
            sms: "{hospital}: your appointment was moved to {day} at {time}. The earlier time no longer holds.",
        },
        Purpose::AppointmentCancelled => Wording {
            subject: "Your appointment is cancelled - {hospital}",
            paragraphs: &[
                GREETING,
                "Your appointment on {date} at {time} is cancelled. Please do not come at that time.",
                "If you still need an appointment, or did not expect this, please call us.",
                CLOSING,
                NO_REPLY,
            ],
            sms: "{hospital}: your appointment on {day} at {time} is cancelled. Please do not come at that time.",
        },
        Purpose::AppointmentReminder => Wording {
            subject: "A reminder of your appointment - {hospital}",
            paragraphs: &[
                GREETING,
                "This is a reminder of your appointment on {date} at {time}, at {site}.",
                CHANGE,
                CLOSING,
                NO_REPLY,
            ],
            sms: "{hospital}: reminder of your appointment on {day} at {time}. Reply Y if you come, N if you cannot.",
        },
        Purpose::AppointmentOffered => OFFERED,
        Purpose::WaitingEnded => ENDED,
    }
}

const OFFERED: Wording = Wording {
    subject: "A time is free for you - {hospital}",
    paragraphs: &[
        GREETING,
        "You are waiting for an appointment. A time is free on {date} at {time}, at {site}. We keep it for you until {until}.",
        "Please sign in and say whether you want it, or call us. If we do not hear from you by then, somebody else is offered it, and you stay on the waiting list.",
        CLOSING,
        NO_REPLY,
    ],
    sms: "{hospital}: a time is free on {day} at {time}. We keep it until {until}. Sign in or call us to take it.",
};

const ENDED: Wording = Wording {
    subject: "Our waiting list - {hospital}",
    paragraphs: &[
        GREETING,
        "You are no longer on our waiting list for an appointment.",
        "If you still need an appointment, or did not expect this, please call us.",
        CLOSING,
        NO_REPLY,
    ],
    sms: "{hospital}: you are no longer on our waiting list. If you still need an appointment, please call us.",
};

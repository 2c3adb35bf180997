//! Arabic.

use super::Wording;
use crate::model::Purpose;

const GREETING: &str = "{name}، تحية طيبة،";
const CHANGE: &str = "إذا تعذر عليك الحضور، يرجى إبلاغنا في أقرب وقت ممكن حتى يستفيد شخص آخر من هذا الموعد.";
const CLOSING: &str = "{hospital}";
const NO_REPLY: &str = "يرجى عدم الرد على هذه الرسالة، فلا أحد يقرأ الردود.";

pub(super) const fn wording(purpose: Purpose) -> Wording {
    match purpose {
        Purpose::AppointmentRequested => Wording {
            subject: "وصلنا طلبك - {hospital}",
            paragraphs: &[
                GREETING,
                "وصلنا طلبك للحصول على موعد. لم يتم حجزه بعد، وسنكتب إليك مرة أخرى عند حجزه.",
                CLOSING,
                NO_REPLY,
            ],
            sms: "{hospital}: وصلنا طلبك للحصول على موعد. لم يتم حجزه بعد وسنكتب إليك.",
        },
        Purpose::AppointmentBooked => Wording {
            subject: "موعدك - {hospital}",
            paragraphs: &[
                GREETING,
                "تم حجز موعدك يوم {date} الساعة {time} في {site}.",
                "الملف المرفق يضيف الموعد إلى تقويمك.",
                CHANGE,
                CLOSING,
                NO_REPLY,
            ],
            sms: "{hospital}: تم حجز موعدك يوم {day} الساعة {time}.",
        },
        Purpose::AppointmentRescheduled => Wording {
            subject: "تم تغيير موعدك - {hospital}",
            paragraphs: &[
                GREETING,
                "تم تغيير موعدك. أصبح الآن يوم {date} الساعة {time} في {site}. الموعد السابق لم يعد قائما.",
                "الملف المرفق يعدل الموعد في تقويمك.",
                CHANGE,
                CLOSING,
                NO_REPLY,
            ],
            sms: "{hospital}: تم تغيير موعدك إلى يوم {day} الساعة {time}. الموعد السابق لم يعد قائما.",
        },
        Purpose::AppointmentCancelled => Wording {
            subject: "تم إلغاء موعدك - {hospital}",
            paragraphs: &[
                GREETING,
                "تم إلغاء موعدك يوم {date} الساعة {time}. يرجى عدم الحضور في ذلك الوقت.",
                "إذا كنت لا تزال بحاجة إلى موعد أو لم تكن تتوقع ذلك، يرجى الاتصال بنا.",
                CLOSING,
                NO_REPLY,
            ],
            sms: "{hospital}: تم إلغاء موعدك يوم {day} الساعة {time}. يرجى عدم الحضور.",
        },
        Purpose::AppointmentReminder => Wording {
            subject: "تذكير بموعدك - {hospital}",
            paragraphs: &[
                GREETING,
                "نذكرك بموعدك يوم {date} الساعة {time} في {site}.",
                CHANGE,
                CLOSING,
                NO_REPLY,
            ],
            sms: "{hospital}: تذكير بموعدك يوم {day} الساعة {time}. أجب بنعم إن كنت ستحضر أو لا إن تعذر ذلك.",
        },
        Purpose::AppointmentOffered => OFFERED,
        Purpose::WaitingEnded => ENDED,
    }
}

const OFFERED: Wording = Wording {
    subject: "يوجد موعد متاح لك - {hospital}",
    paragraphs: &[
        GREETING,
        "أنت على قائمة انتظار موعد. يوجد موعد متاح يوم {date} الساعة {time} في {site}. نحتفظ به لك حتى {until}.",
        "يرجى تسجيل الدخول لإبلاغنا إن كنت تريده، أو الاتصال بنا. إذا لم نتلق ردك حتى ذلك الوقت فسيعرض على شخص آخر وتبقى على قائمة الانتظار.",
        CLOSING,
        NO_REPLY,
    ],
    sms: "{hospital}: يوجد موعد متاح يوم {day} الساعة {time}. نحتفظ به حتى {until}. سجل الدخول أو اتصل بنا لقبوله.",
};

const ENDED: Wording = Wording {
    subject: "قائمة الانتظار - {hospital}",
    paragraphs: &[
        GREETING,
        "لم تعد على قائمة انتظار المواعيد لدينا.",
        "إذا كنت لا تزال بحاجة إلى موعد أو لم تكن تتوقع ذلك، يرجى الاتصال بنا.",
        CLOSING,
        NO_REPLY,
    ],
    sms: "{hospital}: لم تعد على قائمة الانتظار لدينا. إذا كنت بحاجة إلى موعد يرجى الاتصال بنا.",
};

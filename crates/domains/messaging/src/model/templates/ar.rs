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
    }
}

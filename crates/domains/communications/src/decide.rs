//! The rules of writing to each other: pure.

use crate::model::{Line, Side, Thread, Topic};
use galen_kernel::{Instant, MICROS_PER_DAY, PatientId, Phi, Rejection, RejectionKind};

/// Longest message.
pub const TEXT_CHARACTERS_MAX: usize = 4_000;
/// Longest subject.
pub const SUBJECT_CHARACTERS_MAX: usize = 120;
/// Most messages of one thread: a longer matter begins a new one.
pub const LINES_MAX: usize = 200;
/// Most messages that one patient's side sends within a day.
pub const SENT_IN_A_DAY_MAX: usize = 20;
/// Most threads of one patient that are open.
pub const THREADS_OPEN_MAX: usize = 20;

fn text_within(text: &Phi<String>, most: usize, at: &str) -> Result<(), Rejection> {
    let text = text.reveal();
    if text.trim().is_empty() || text.chars().count() > most {
        let message = format!("Write 1 to {most} characters");
        return Err(Rejection::new(RejectionKind::Unprocessable, "text-invalid", message).at(at));
    }
    Ok(())
}

/// Patients write so often that everybody is answered, and no more.
fn not_too_often(threads: &[&Thread], side: Side, now: Instant) -> Result<(), Rejection> {
    let is_recent = |line: &&Line| line.side != Side::Staff && now.since(line.at) < MICROS_PER_DAY;
    let sent = threads.iter().flat_map(|thread| &thread.lines).filter(is_recent).count();
    if side != Side::Staff && sent >= SENT_IN_A_DAY_MAX {
        let message = format!("You have sent {SENT_IN_A_DAY_MAX} messages within a day");
        return Err(Rejection::new(RejectionKind::Conflict, "too-many-messages", message)
            .next("Call the clinic if it cannot wait until tomorrow"));
    }
    Ok(())
}

/// Whoever answers or closes has seen what was written last.
fn all_seen(thread: &Thread, seen: usize) -> Result<(), Rejection> {
    if seen == thread.lines.len() {
        return Ok(());
    }
    Err(Rejection::new(RejectionKind::Conflict, "thread-has-more", "Somebody else wrote in the meantime")
        .next("Read it, and then answer"))
}

/// Begins a thread. `threads` are the patient's others.
pub fn start(
    (topic, subject, text): (Topic, &Phi<String>, &Phi<String>),
    patient: &PatientId,
    threads: &[&Thread],
    line: Line,
) -> Result<Thread, Rejection> {
    text_within(subject, SUBJECT_CHARACTERS_MAX, "subject")?;
    text_within(text, TEXT_CHARACTERS_MAX, "text")?;
    not_too_often(threads, line.side, line.at)?;
    if line.side != Side::Staff
        && threads.iter().filter(|thread| thread.closed.is_none()).count() >= THREADS_OPEN_MAX
    {
        let message = format!("You have {THREADS_OPEN_MAX} open matters");
        return Err(Rejection::new(RejectionKind::Conflict, "too-many-threads", message)
            .next("Write below one of them"));
    }
    let is_staff = line.side == Side::Staff;
    Ok(Thread {
        patient: patient.clone(),
        topic,
        subject: subject.reveal().trim().to_owned().into(),
        lines: vec![line],
        seen_by_patient: usize::from(!is_staff),
        seen_by_staff: usize::from(is_staff),
        closed: None,
    })
}

/// Answers. Whoever answers has read what is there.
pub fn reply(
    thread: &Thread,
    seen: usize,
    text: &Phi<String>,
    threads: &[&Thread],
    line: Line,
) -> Result<Thread, Rejection> {
    all_seen(thread, seen)?;
    text_within(text, TEXT_CHARACTERS_MAX, "text")?;
    not_too_often(threads, line.side, line.at)?;
    if thread.lines.len() >= LINES_MAX {
        let message = format!("This conversation has {LINES_MAX} messages");
        return Err(Rejection::new(RejectionKind::Conflict, "thread-full", message).next("Begin a new one"));
    }
    let mut after = read(thread, line.side, thread.lines.len());
    let is_staff = line.side == Side::Staff;
    after.lines.push(line);
    *(if is_staff { &mut after.seen_by_staff } else { &mut after.seen_by_patient }) = after.lines.len();
    after.closed = None;
    Ok(after)
}

/// Marks the first `seen` messages as read by one side: reading is never taken back.
pub fn read(thread: &Thread, side: Side, seen: usize) -> Thread {
    let mut after = thread.clone();
    let most = after.lines.len();
    let place = if side == Side::Staff { &mut after.seen_by_staff } else { &mut after.seen_by_patient };
    *place = (*place).max(seen.min(most));
    after
}

/// Closes a thread.
pub fn close(thread: &Thread, seen: usize, now: Instant) -> Result<Thread, Rejection> {
    all_seen(thread, seen)?;
    if thread.closed.is_some() {
        return Err(Rejection::new(RejectionKind::Conflict, "thread-closed", "This conversation is closed"));
    }
    let after = read(thread, Side::Staff, thread.lines.len());
    Ok(Thread { closed: Some(now), ..after })
}

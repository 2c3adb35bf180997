//! Documents and reports, and their content as bytes or text.
import { conceptText, conceptTexts, referenceText } from './coded';
import type { Attachment } from './datatypes';
import { byNewest, clinicalMoment } from './dates';
import type { DiagnosticReport, DocumentReference } from './resources';
import type { AttachmentView, DocumentView } from './views';
import { englishWords, type ClinicalWords } from './words';

const IMAGES = /^image\/(png|jpeg|gif|webp|bmp)$/;

/** An SVG can run script and so is no image here. */
function kindOf(type: string): AttachmentView['kind'] {
  if (type === 'text/html' || type === 'application/xhtml+xml') return 'html';
  if (type.startsWith('text/')) return 'text';
  if (type === 'application/pdf') return 'pdf';
  return IMAGES.test(type) ? 'image' : 'other';
}

export function attachmentView(attachment: Attachment): AttachmentView {
  const contentType = attachment.contentType?.trim() || 'application/octet-stream';
  const kind = kindOf(contentType.split(';')[0]?.trim().toLowerCase() ?? '');
  return {
    kind,
    contentType,
    ...(attachment.title && { title: attachment.title }),
    ...(attachment.url && { url: attachment.url }),
    ...(attachment.data !== undefined && { base64: attachment.data }),
    ...(attachment.size !== undefined && { bytes: attachment.size }),
  };
}

/** Undefined where there is no inline content, or it is no base64. */
export function attachmentBytes(attachment: AttachmentView): Uint8Array<ArrayBuffer> | undefined {
  if (attachment.base64 === undefined) return undefined;
  try {
    return Uint8Array.from(atob(attachment.base64.replace(/\s+/g, '')), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** In the character set that the content type names; UTF-8 where it names none or one that nobody knows. */
export function attachmentText(attachment: AttachmentView): string | undefined {
  const bytes = attachmentBytes(attachment);
  if (!bytes) return undefined;
  const charset = /charset="?([^\s;"]+)/i.exec(attachment.contentType)?.[1];
  try {
    return new TextDecoder(charset ?? 'utf-8').decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

export function documentView(document: DocumentReference, words: ClinicalWords = englishWords): DocumentView {
  const at = clinicalMoment(document.date ?? document.context?.period?.start);
  const category = conceptTexts(document.category)[0];
  const author = document.author?.map(referenceText).find(Boolean);
  const status = document.docStatus === 'entered-in-error' ? document.docStatus : (document.status ?? 'unknown');
  return {
    id: document.id ?? '',
    source: 'document',
    title: conceptText(document.type) ?? document.description?.trim() ?? document.content?.[0]?.attachment.title ?? words.notNamed,
    status,
    usable: status !== 'entered-in-error',
    attachments: (document.content ?? []).map((content) => attachmentView(content.attachment)),
    resultReferences: [],
    ...(at && { at }),
    ...(category && { category }),
    ...(author && { author }),
  };
}

export function reportView(report: DiagnosticReport, words: ClinicalWords = englishWords): DocumentView {
  const at = clinicalMoment(report.effectiveDateTime ?? report.effectivePeriod?.start ?? report.issued);
  const category = conceptTexts(report.category)[0];
  const author = report.performer?.map(referenceText).find(Boolean);
  const conclusion = report.conclusion?.trim() || conceptTexts(report.conclusionCode).join(', ');
  const status = report.status ?? 'unknown';
  return {
    id: report.id ?? '',
    source: 'report',
    title: conceptText(report.code) ?? words.notNamed,
    status,
    usable: status !== 'entered-in-error' && status !== 'cancelled',
    attachments: (report.presentedForm ?? []).map(attachmentView),
    resultReferences: (report.result ?? []).map((reference) => reference.reference).filter((reference): reference is string => reference !== undefined),
    ...(at && { at }),
    ...(category && { category }),
    ...(author && { author }),
    ...(conclusion && { conclusion }),
  };
}

/** Newest first; what was entered in error is left out, what was superseded stays and says so. */
export function documentList(views: readonly DocumentView[]): DocumentView[] {
  return views.filter((view) => view.usable).sort(byNewest);
}

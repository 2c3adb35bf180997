//! Shows a document without letting it do anything: text as text, the rest in a frame that runs no script.
import { attachmentBytes, attachmentText, type AttachmentView } from '@galen/fhir';
import { useEffect, useMemo, useState } from 'react';
import { EmptyState, ErrorState, LoadingState } from '../feedback/alert';
import { Icon } from '../icons';
import { useLabels } from '../labels/context';

export interface DocumentViewerProps {
  attachment: AttachmentView;
  /** Where the content is not inline: its address on this server, once known. */
  href?: string;
  loading?: boolean;
  failed?: boolean;
  onRetry?: () => void;
  title?: string;
}

/** An address in memory for inline content, given back when the viewer goes. */
function useObjectUrl(attachment: AttachmentView): string | undefined {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const bytes = attachment.kind === 'text' ? undefined : attachmentBytes(attachment);
    if (!bytes) return undefined;
    // Only these types reach the browser as what they say they are; a frame of anything else would be a guess.
    const type = attachment.kind === 'other' ? 'application/octet-stream' : attachment.contentType;
    const made = URL.createObjectURL(new Blob([bytes], { type }));
    setUrl(made);
    return () => {
      URL.revokeObjectURL(made);
      setUrl(undefined);
    };
  }, [attachment]);
  return url;
}

export function DocumentViewer({ attachment, href, loading, failed, onRetry, title }: DocumentViewerProps) {
  const labels = useLabels();
  const inline = useObjectUrl(attachment);
  const text = useMemo(() => (attachment.kind === 'text' ? attachmentText(attachment) : undefined), [attachment]);
  const source = href ?? inline;
  const name = title ?? attachment.title ?? labels.viewer.document;
  if (failed) return <ErrorState title={labels.viewer.unavailable} {...(onRetry && { onRetry })} />;
  if (text !== undefined) return <pre className="g-document-text" dir="auto" tabIndex={0} aria-label={name}>{text}</pre>;
  if (loading || (source === undefined && attachment.base64 !== undefined)) return <LoadingState lines={8} />;
  if (source === undefined) return <ErrorState title={labels.viewer.unavailable} {...(onRetry && { onRetry })} />;
  const download = <a className="g-link g-icon-link" href={source} download={name}><Icon name="download" />{labels.viewer.download}</a>;
  if (attachment.kind === 'image') return <img className="g-document-image" src={source} alt={name} />;
  if (attachment.kind === 'other') return <EmptyState icon="document" title={labels.viewer.unsupported} action={download} />;
  return (
    <div className="g-document">
      {/* The browser's own PDF viewer does not start in a sandboxed frame; it runs no script of the document either. */}
      <iframe className="g-document-frame" title={name} src={source} {...(attachment.kind === 'pdf' ? {} : { sandbox: '' })} />
      {download}
    </div>
  );
}

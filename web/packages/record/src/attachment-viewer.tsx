// An attachment: what came inline is shown as it is, what lies on this server is fetched, other servers are not asked.
import { useLazyBinaryQuery } from '@galen/core';
import type { AttachmentView } from '@galen/fhir';
import { DocumentViewer } from '@galen/ui';
import { useEffect, useState } from 'react';

/** The address on this server of a Binary; undefined for any other address, which a chart must not call. */
export function binaryPath(url: string | undefined): string | undefined {
  if (url === undefined) return undefined;
  const address = new URL(url, `${location.origin}/fhir/`);
  const match = /^\/fhir\/(Binary\/[A-Za-z0-9.-]{1,64})$/.exec(address.pathname);
  return address.origin === location.origin && match ? `/fhir/${match[1]}` : undefined;
}

export function AttachmentViewer({ attachment, title }: { attachment: AttachmentView; title: string }) {
  const path = attachment.base64 === undefined ? binaryPath(attachment.url) : undefined;
  const [fetchContent, { data, isFetching, isError }] = useLazyBinaryQuery();
  const [href, setHref] = useState<string>();
  useEffect(() => {
    if (path !== undefined) void fetchContent({ url: path });
  }, [path, fetchContent]);
  useEffect(() => {
    if (!data) return;
    const address = URL.createObjectURL(new Blob([data], { type: attachment.contentType }));
    setHref(address);
    return () => URL.revokeObjectURL(address);
  }, [data, attachment.contentType]);
  return (
    <DocumentViewer
      attachment={attachment}
      title={title}
      {...(href !== undefined && { href })}
      loading={isFetching || (path !== undefined && href === undefined && !isError)}
      failed={isError}
      {...(path !== undefined && { onRetry: () => void fetchContent({ url: path }) })}
    />
  );
}

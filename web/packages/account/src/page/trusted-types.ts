// The page's one Trusted Types policy. The kit writes style sheets through innerHTML; text without a tag is all it needs,
// so markup that some library, or somebody's input, tries to write that way is refused.

interface PolicyFactory {
  createPolicy: (name: string, rules: { createHTML: (text: string) => string }) => unknown;
}

export function onlyText(text: string): string {
  if (text.includes('<')) throw new TypeError('Markup is not written as text here');
  return text;
}

export function adoptPolicy(factory: PolicyFactory | undefined): void {
  factory?.createPolicy('default', { createHTML: onlyText });
}

/** The language as an editor needs it. */
export { type Analysis, analyse, type Catalogue } from './analysis.ts';
export { completeMember, memberHover } from './cMembers.ts';
export { complete } from './completion.ts';
export { describeMap } from './descriptions.ts';
export { type Hover, hover } from './hover.ts';
export type { Completion, CompletionItem, CompletionKind } from './items.ts';
export { completeMapType, mapTypeHover } from './mapTypes.ts';
export { definitionOf, type Name, occurrences, rangesOf } from './occurrences.ts';
export { type OutlineItem, outline } from './outline.ts';
export { describeProbe, probeSnippet } from './probe.ts';
export { type Answer, type Far, type Given, type Question, RemoteTarget, toAnswer } from './remote.ts';
export { completeSection, sectionHover } from './sections.ts';
export { type SignatureHelp, signatureHelp } from './signature.ts';

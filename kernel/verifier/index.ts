/** The verifier's log, explained. */
export { type Diagnosis, diagnoseVerifier, type Source } from './analyser.ts';
export { lastPath, type Place, parseVerifierLog, type Step, type VerifierLog } from './parser.ts';
export { PATTERNS } from './patterns.ts';
export { diagnosisText } from './text.ts';

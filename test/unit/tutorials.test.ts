import { test } from 'node:test';
import { checkRuns, savedRuns, TUTORIALS } from '../tutorials.ts';

for (const tutorial of TUTORIALS)
  test(`${tutorial} was saved with what its cells show`, () => checkRuns(tutorial, savedRuns(tutorial)));

/** All tests in the workbench: one process, so that one code-server and one Chromium serve them all. */
import './editor.ts';
import './live.ts';
import './exporting.ts';
import './streaming.ts';
import './c-cells.ts';
import './probes.ts';
import './viewing.ts';
import './failures.ts';
import './tutorial.ts';
import './ordinary-user.ts';

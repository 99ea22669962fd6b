/** All browser tests: one process, so that one code-server and one Chromium serve them all. */
import './lab.ts';
import './lab-hostile.ts';
import './lab-export.ts';
import './lab-charts.ts';
import './lab-table.ts';
import './lab-flame.ts';
import './lab-head.ts';
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

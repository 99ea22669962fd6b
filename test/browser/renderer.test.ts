/** All tests of the renderer without a workbench: one process, so that one Chromium serves them all. */
import './lab.ts';
import './lab-hostile.ts';
import './lab-export.ts';
import './lab-charts.ts';
import './lab-table.ts';
import './lab-flame.ts';
import './lab-head.ts';

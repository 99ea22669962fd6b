/**
 * code-server, VS Code in a browser, in a folder of the project's own. It is 600 MB and wants Node 24, so it is
 * installed apart from the project's own dependencies and brings its own Node and npm.
 */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './command.mjs';
import { inBuild } from './folders.mjs';
import { unlessStamped } from './stamp.mjs';

const NODE_PACKAGE = `node-linux-${process.arch}`;
const TOOLS = {
  [NODE_PACKAGE]: '24.21.0',
  // npm 11 asks before it runs a package's install scripts; code-server cannot do without its own.
  npm: '10.9.9',
};
const CODE_SERVER = { 'code-server': '4.139.1' };

const folder = inBuild('code-server');
const tools = join(folder, 'tools');
const nodeRoot = join(tools, 'node_modules', NODE_PACKAGE);

/** How to start it: `spawn(codeServer.node, [codeServer.entry, …])`. */
export const codeServer = {
  node: join(nodeRoot, 'bin', 'node'),
  entry: join(folder, 'node_modules', 'code-server', 'out', 'node', 'entry.js'),
};

/** Installs code-server unless it is there. @param {(line: string) => void} log */
export function ensureCodeServer(log) {
  const versions = JSON.stringify({ ...TOOLS, ...CODE_SERVER });
  return unlessStamped(join(folder, 'installed'), versions, async () => {
    rmSync(folder, { recursive: true, force: true });
    await install(tools, TOOLS, ['npm'], process.env, log);
    const env = {
      ...withoutOurNpm(process.env),
      PATH: [join(nodeRoot, 'bin'), join(tools, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
      // Its native modules are built against the headers of the Node that will load them.
      npm_config_nodedir: nodeRoot,
    };
    const npm = [codeServer.node, join(tools, 'node_modules', 'npm', 'bin', 'npm-cli.js')];
    await install(folder, CODE_SERVER, npm, env, log);
    if (!existsSync(join(folder, 'node_modules', 'code-server', 'lib', 'vscode', 'node_modules')))
      throw new Error(
        'code-server was installed without its dependencies: npm did not run its install script',
      );
  });
}

/** `npm start` tells its scripts which npm and Node run them; another npm would believe that it is meant. */
const withoutOurNpm = env => Object.fromEntries(Object.entries(env).filter(([name]) => !OUR_NPM.test(name)));
const OUR_NPM =
  /^npm_(?!config_)|^npm_config_(user_agent|npm_version|node_gyp|prefix|local_prefix|global_prefix)$/;

async function install(where, dependencies, npm, env, log) {
  mkdirSync(where, { recursive: true });
  writeFileSync(join(where, 'package.json'), JSON.stringify({ private: true, dependencies }));
  await run([...npm, 'install', '--no-audit', '--no-fund', '--no-package-lock', '--foreground-scripts'], {
    cwd: where,
    env,
    onLine: log,
  });
}

import { exitStatus } from '../../base/errors.js'

/** What `wizard HELP TOPIC` explains. */
export interface Topic {
  name: string
  summary: string
  /** Paragraphs, and tables of two columns. */
  parts: (string | [left: string, right: string][])[]
}

export const topics: Topic[] = [
  {
    name: 'exit-codes',
    summary: 'the exit statuses, and the error codes of --json',
    parts: [
      'Every command ends with one of these. With --json, the last line on stderr is {"error":{"code":…,"message":…,"hint":…}}.',
      [
        ['0', 'done'],
        [
          String(exitStatus.FAILED),
          'FAILED: the run did not succeed, or repositories failed or were blocked',
        ],
        [String(exitStatus.USAGE), 'USAGE, CONFIG, PATH: wrong usage, configuration or path'],
        [String(exitStatus.GITHUB_NOT_FOUND), 'GITHUB_NOT_FOUND: not found, or not visible to you'],
        [String(exitStatus.GITHUB_AUTH), 'GITHUB_AUTH: no or bad credentials, or not allowed'],
        [
          String(exitStatus.GITHUB_RATE_LIMIT),
          'GITHUB_RATE_LIMIT: waiting for the limit takes longer than --timeout',
        ],
        [
          String(exitStatus.GITHUB_NETWORK),
          'GITHUB_NETWORK: no connection, or GitHub is down after the retries',
        ],
        [String(exitStatus.TIMEOUT), 'TIMEOUT: --timeout expired; a run on GitHub continues'],
        [
          String(exitStatus.CONFLICT),
          'CONFLICT: refused, because it would lose or overwrite something',
        ],
        [String(exitStatus.GITHUB), 'GITHUB: GitHub refused, with its own words'],
        [String(exitStatus.LOCKED), 'LOCKED: another wizard is working in this ROOT'],
        ['130, 143', 'interrupted by Ctrl-C or SIGTERM; unfinished work is cleaned up'],
      ],
      'If every repository failed for one reason (4, 5 or 6), that is the exit status; otherwise it is 1. --allow-blocked does not count blocked repositories as failures.',
    ],
  },
  {
    name: 'environment',
    summary: 'the variables that wizard reads and sets',
    parts: [
      'Variables fill in what the configuration files leave unset. WIZARD_CONFIG, WIZARD_ROOT and WIZARD_GIT_ENGINE override them. An empty variable counts as unset.',
      [
        ['GH_TOKEN, GITHUB_TOKEN', 'the token, in this order; then the one that gh keeps'],
        ['GITHUB_OWNER', 'the owner of repositories named without one'],
        ['GITHUB_API_URL, GH_HOST', 'a GitHub Enterprise Server'],
        ['GH_REPO, GITHUB_REPOSITORY', 'the repository where a target names none'],
        ['WIZARD_CONFIG', 'the folder or file of the configuration (--config)'],
        ['WIZARD_ROOT', 'where clones, logs and plugins are kept (--root)'],
        ['WIZARD_GIT_ENGINE', 'wizard or isomorphic-git (docs/git.md)'],
        ['HTTPS_PROXY, NO_PROXY', 'the proxy, and the hosts that need none'],
        ['BROWSER', 'the program that REPO BROWSE and --web open pages with'],
        ['WIZARD_PAGER, PAGER', 'the program for long results (less); cat or empty: none'],
        ['NO_COLOR, FORCE_COLOR', 'no colour; colour even on a pipe'],
        ['FORCE_HYPERLINK', '1: names and addresses are links; 0: none are'],
        ['LC_ALL, LC_CTYPE, LANG', 'the locale: without UTF-8, wizard writes ASCII'],
        ['GIT_LFS_SKIP_SMUDGE', '1: leave the pointers of Git LFS as they are'],
        ['XDG_CONFIG_HOME and the like', 'where your own configuration, cache and state are'],
      ],
      'In GitHub Actions wizard writes run_id, html_url, conclusion or release_id, tag, release_url to $GITHUB_OUTPUT, and a table to $GITHUB_STEP_SUMMARY. Commands of REPO EXEC get WIZARD_REPO, WIZARD_PATH and WIZARD_BRANCH.',
    ],
  },
  {
    name: 'configuration',
    summary: 'which files are read, and where they are found',
    parts: [
      'wizard needs no configuration if owner and token are known. To keep repositories in sync, it reads the first folder that has any of these files:',
      [
        ['github.yaml', 'token, owner, server, git engine, where clones and logs are kept'],
        ['repos.yaml', 'the repositories to keep in sync, in groups'],
        ['components.yaml', 'short names for WORKFLOW, TEST and RELEASE'],
        ['plugins.yaml', 'where plugins are found'],
        ['webhooks.yaml', 'the server and its handlers'],
        ['.env', 'GITHUB_TOKEN, and variables for the other files'],
      ],
      'It looks in --config, WIZARD_CONFIG, then config/ and wizard/config/ here and in each parent folder, then ~/.config/wizard. One file (wizard.config.yaml, .wizardrc, or the key wizard of package.json) can hold them all.',
      'CONFIG INIT writes a first configuration, CONFIG PATH shows which files are read, CONFIG SHOW every value and its source, CONFIG VALIDATE all mistakes with file and line.',
    ],
  },
  {
    name: 'security',
    summary: 'where the token may go, and what is never written',
    parts: [
      'The token goes only to the configured GitHub, over https. It is never written to a file, a log, an error or a command line, and no child process gets it unless you name it.',
      'A configuration that is found by searching may not name the host that receives your token: that needs github.com, the environment, --config, or your own ~/.config/wizard.',
      'Names, logs and notes from GitHub are shown without escape sequences. Archives and trees are refused if a path leaves its folder. Configuration is data: no code in it is executed.',
      'Local work is never overwritten: a repository in which a pull would touch an edited, untracked or ignored file is blocked and stays as it is.',
    ],
  },
  {
    name: 'scripts',
    summary: 'how to use wizard in scripts, cron and CI',
    parts: [
      'stdout has the result only; progress, warnings and errors go to stderr. Without a terminal, lists are tab-separated, and nothing asks a question: a verb that would ask needs --yes.',
      [
        ['--json', 'one JSON document, whatever the exit status'],
        ['--quiet', 'nothing on success except the result: what cron wants'],
        ['--timeout S', 'ends the whole command, with exit status 7'],
        ['--yes', 'answers questions'],
      ],
      'Every command can be run again after any failure. wizard SCRIPT runs many commands in one process:',
      [
        ['wizard SCRIPT nightly.ucode', 'one command on each line; stops at the first failure'],
        ['wizard SCRIPT - --dry-run', 'from standard input; shows what would run'],
      ],
    ],
  },
]

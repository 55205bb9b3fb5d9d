/** One thing that is wrong in a tenant file or in the environment. Never holds a secret. */
export interface ConfigProblem {
  /** Path of the tenant file, the pattern that found none, or `environment`. */
  readonly file: string;
  /** Dotted path of the key (`processing.concurrency`), a line (`line 3`), a variable's name, or empty for the file. */
  readonly path: string;
  /** What is there and why it cannot stay; starts with a verb so that it reads on after the path. */
  readonly message: string;
  /** What to do about it: a whole sentence. */
  readonly remedy: string;
}

/** Something that works but that the operator will want to know. Never holds a secret. */
export interface ConfigWarning {
  readonly file: string;
  readonly path: string;
  readonly message: string;
}

/** Thrown when configuration cannot be used. The message lists **every** problem: file, key, value and remedy. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[], options?: ErrorOptions) {
    super(describeProblems(problems), options);
    this.problems = problems;
  }
}

/** Thrown when a command or a workflow names a tenant that no loaded file describes. */
export class UnknownTenantError extends Error {
  override readonly name = 'UnknownTenantError';

  /** @param nearest The known tenant with the most similar name, if one is similar enough to be a typing error. */
  constructor(
    readonly tenant: string,
    readonly known: readonly string[],
    readonly nearest?: string,
  ) {
    const hint = nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
    const list = known.length === 0 ? 'No tenant is loaded.' : `Loaded tenants: ${known.join(', ')}.`;
    super(`No tenant "${tenant}" is configured.${hint} ${list} A tenant is a file {tenant}-tenant-config.yaml.`);
  }
}

function describeProblems(problems: readonly ConfigProblem[]): string {
  const files = [...new Set(problems.map(({ file }) => file))];
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  const blocks = files.map((file) =>
    [file, ...problems.filter((problem) => problem.file === file).map(describeProblem)].join('\n'),
  );
  return [`The configuration has ${count}.`, ...blocks].join('\n');
}

function describeProblem({ path, message, remedy }: ConfigProblem): string {
  return `  ${path === '' ? '' : `${path} `}${message}. ${remedy}`;
}

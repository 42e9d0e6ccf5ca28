import { Listr, type ListrTask, PRESET_TIMER } from 'listr2';
import { Cdk, type CdkContext, type OnProgress } from './deploy.ts';
import { adoptEmulator, type Emulator, startEmulator, startEmulatorContainer } from './emulator.ts';
import { startInbox } from './inbox.ts';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from './local-environment.ts';
import { LocalRun } from './local-run.ts';
import type { RunName } from './places.ts';
import { choosePort } from './ports.ts';
import { ensureVenv } from './python.ts';
import { apiUrlOf, type SystemAddresses, writeSystemAddresses } from './running-system.ts';

/** Workflows look at the calendar every six hours at most; here these are 2.2 s, because a demo turns its clock forward. */
export const LOCAL_WAIT_SCALE = 0.0001;

/** Which emulator a system runs on. */
export type EmulatorChoice =
  /** Ours, from a virtual environment made with this Python; any on the PATH that is new enough if undefined. */
  | { readonly kind: 'python'; readonly python: string | undefined; readonly port: number | undefined }
  /** Ours, from its container image. */
  | { readonly kind: 'docker'; readonly port: number | undefined }
  /** One that already runs. `thisMachine` is the name under which it reaches this machine; loopback if undefined. */
  | {
      readonly kind: 'running';
      readonly address: string;
      readonly allowRemote: boolean;
      readonly thisMachine: string | undefined;
    };

/** How to start a local system. Undefined ports are chosen among the free ones. */
export type SystemOptions = {
  /** Names the run's folder; systems of different names can be up at once. */
  readonly run: Exclude<RunName, 'check'>;
  readonly emulator: EmulatorChoice;
  readonly inboxPort: number | undefined;
  /** Where the payment provider's stand-in listens or will listen, on loopback, without a slash at the end. */
  readonly sandboxUrl: string;
  /** Step Functions' waits are multiplied by this: 1 waits as AWS does, 0 not at all. */
  readonly waitScale: number;
  /** Further settings of the CDK app. */
  readonly context: CdkContext;
};

/** A system that is up. `stop` ends every process of it, can be called twice, and forgets all that was in it. */
export type RunningSystem = SystemAddresses & { stop(): Promise<void> };

/**
 * Starts the whole system on this machine, showing its steps: emulator, mail inbox, and the CDK app deployed into
 * the emulator. The provider's stand-in is not part of it: it belongs to whoever drives it. Nothing of it is left running when this throws.
 * @param signal aborts the start.
 * @throws StartupProblem for whatever a person can put right.
 */
export async function startSystem(options: SystemOptions, signal: AbortSignal): Promise<RunningSystem> {
  const start = new Start(options, await LocalRun.open(options.run));
  // Ending the processes makes the step that waits for one of them fail, and with it the start.
  const abort = (): void => void start.stop().catch(() => 'heard again below, where stop is awaited');
  signal.addEventListener('abort', abort, { once: true });
  try {
    signal.throwIfAborted();
    return await start.run();
  } catch (error) {
    await start.stop();
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** What the steps have put together so far. */
type Assembled = { emulator?: Emulator; inboxUrl?: string; outputs?: Record<string, string> };

type Step = ListrTask<unknown>;

class Start {
  readonly #options: SystemOptions;
  readonly #run: LocalRun;
  readonly #assembled: Assembled = {};
  readonly #begun: Promise<void>[] = [];
  #failure: unknown;

  constructor(options: SystemOptions, run: LocalRun) {
    this.#options = options;
    this.#run = run;
  }

  async run(): Promise<RunningSystem> {
    try {
      await this.#steps().run();
    } catch (error) {
      // The steps beside the failed one are ended, and have said so, before the reason is told.
      await this.stop();
      await Promise.allSettled(this.#begun);
      throw this.#failure ?? error;
    }
    const { emulator, inboxUrl, outputs } = this.#assembled;
    const url = assembled(emulator).endpoint;
    const addresses: SystemAddresses = {
      endpoint: url,
      region: LOCAL_REGION,
      credentials: LOCAL_CREDENTIALS,
      outputs: assembled(outputs),
      apiUrl: apiUrlOf(url, assembled(outputs)),
      inboxUrl: assembled(inboxUrl),
      sandboxUrl: this.#options.sandboxUrl,
    };
    writeSystemAddresses(this.#run.places.addresses, addresses);
    return { ...addresses, stop: () => this.stop() };
  }

  stop(): Promise<void> {
    return this.#run.close();
  }

  #steps() {
    const concurrent = (title: string, steps: Step[]): Step => ({
      title,
      task: (_, task) => task.newListr(steps, { concurrent: true }),
    });
    return new Listr(
      [
        concurrent('Start the parts', [
          this.#step('AWS emulator', (onProgress) => this.#startEmulator(onProgress)),
          this.#step('Mail inbox', (onProgress) => this.#startInbox(onProgress)),
        ]),
        concurrent('Prepare the deploy', [
          this.#step('Bootstrap CDK', () => this.#cdk().bootstrap()),
          this.#step('Build the functions and the template', () => this.#cdk().synth(this.#context())),
        ]),
        ...(this.#options.emulator.kind === 'running'
          ? [this.#step('Remove what an earlier start deployed', () => this.#cdk().destroy())]
          : []),
        this.#step('Deploy', async (onProgress) => {
          this.#assembled.outputs = await this.#cdk().deploy(onProgress);
        }),
      ],
      {
        // Signals are the caller's, who ends the processes too.
        registerSignalListeners: false,
        // A failure is told in one sentence by the caller.
        rendererOptions: { timer: PRESET_TIMER, collapseSubtasks: false, showErrorMessage: false },
        fallbackRendererOptions: { timer: PRESET_TIMER },
      },
    );
  }

  /**
   * A step of the list; how far it is, or the address it ended up at, is shown behind the title. The first failure is
   * the one that is told, by the caller and once: the steps beside it fail too, for being stopped.
   */
  #step(title: string, doStep: (onProgress: OnProgress) => Promise<void>): Step {
    return {
      title,
      task: async (_, task) => {
        try {
          const begun = doStep((doing) => {
            task.title = `${title}: ${doing}`;
          });
          this.#begun.push(begun);
          await begun;
        } catch (error) {
          if (this.#failure !== undefined) return task.skip('stopped');
          this.#failure = error;
          throw new Error('see below');
        }
      },
    };
  }

  async #startEmulator(onProgress: OnProgress): Promise<void> {
    const choice = this.#options.emulator;
    this.#assembled.emulator = await this.#emulatorOf(choice, onProgress);
    onProgress(this.#assembled.emulator.endpoint);
  }

  async #emulatorOf(choice: EmulatorChoice, onProgress: OnProgress): Promise<Emulator> {
    if (choice.kind === 'running') {
      const used = await adoptEmulator(choice.address, choice.allowRemote, this.#options.waitScale);
      return { ...used, thisMachine: choice.thisMachine ?? used.thisMachine };
    }
    if (choice.kind === 'docker') {
      const settings = await this.#emulatorSettings(choice.port);
      onProgress('starting its container; the first time downloads the image');
      return startEmulatorContainer(settings, this.#run.places, this.#run.processes, this.#run.record);
    }
    const python = await ensureVenv(this.#run.places, this.#run.processes, choice.python, onProgress);
    onProgress('starting');
    return startEmulator(python, await this.#emulatorSettings(choice.port), this.#run.places, this.#run.processes);
  }

  async #emulatorSettings(asked: number | undefined) {
    return {
      port: await choosePort('AWS emulator', '--emulator-port', asked),
      waitScale: this.#options.waitScale,
    };
  }

  async #startInbox(onProgress: OnProgress): Promise<void> {
    const port = await choosePort('mail inbox', '--inbox-port', this.#options.inboxPort);
    this.#assembled.inboxUrl = await startInbox(port, this.#run.places, this.#run.processes);
    onProgress(this.#assembled.inboxUrl);
  }

  #cdk(): Cdk {
    return new Cdk(assembled(this.#assembled.emulator).endpoint, this.#run.places, this.#run.processes);
  }

  #context(): CdkContext {
    const { thisMachine } = assembled(this.#assembled.emulator);
    return {
      target: 'local',
      mailEndpoint: seenFrom(thisMachine, assembled(this.#assembled.inboxUrl)),
      wechatPayBaseUrl: seenFrom(thisMachine, this.#options.sandboxUrl),
      alipayGatewayUrl: seenFrom(thisMachine, `${this.#options.sandboxUrl}/gateway.do`),
      ...this.#options.context,
    };
  }
}

/** An address on this machine as functions in the emulator have to write it. */
export function seenFrom(thisMachine: string, address: string): string {
  const url = new URL(address);
  url.hostname = thisMachine;
  return url.href.replace(/\/$/, '');
}

/** The steps run in order, so a part that a later step asks for is there unless a step forgot it. */
function assembled<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('A step of the start did not do its part');
  return part;
}

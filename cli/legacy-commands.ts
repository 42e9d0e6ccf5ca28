import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { YiqiClient } from '../client/client.ts';
import { unreadable } from './account-commands.ts';
import { answered, apiOf } from './api.ts';
import { CommandProblem } from './command-problem.ts';
import { systemOf } from './settings.ts';
import type { Surroundings } from './surroundings.ts';
import { factsText, heading, jsonText, tableText, yuan } from './table.ts';
import { agrees } from './terminal.ts';

type Typed = { readonly local: boolean; readonly json: boolean };

const apiFor = (surroundings: Surroundings, { local }: Typed): YiqiClient =>
  apiOf(surroundings, systemOf(surroundings, local));
const pathOf = (exerciseId: string) => ({ params: { path: { exerciseId } } });

/** Opens an exercise of old projects. */
export async function openExercise(
  surroundings: Surroundings,
  organisationId: string,
  typed: Typed & { readonly title: string; readonly recipient: readonly string[] },
): Promise<void> {
  const body = { organisationId, title: typed.title, recipients: [...typed.recipient] };
  const { data } = await answered(apiFor(surroundings, typed).POST('/legacy-exercises', { body }));
  surroundings.terminal.write(typed.json ? jsonText(data) : `${data.exerciseId} is open: ${data.title}\n`);
}

/** Puts a list into an exercise and has it read. Nothing of it is imported. */
export async function uploadList(
  surroundings: Surroundings,
  exerciseId: string,
  path: string,
  typed: Typed,
): Promise<void> {
  const bytes = bytesOf(path);
  const api = apiFor(surroundings, typed);
  const announced = await answered(
    api.POST('/legacy-exercises/{exerciseId}/files', {
      ...pathOf(exerciseId),
      body: { fileName: basename(path), bytes: bytes.length },
    }),
  );
  const { fileId, uploadUrl } = announced.data;
  if (uploadUrl !== null) {
    const put = new Request(uploadUrl, { method: 'PUT', body: Buffer.from(bytes) });
    const answer = await (surroundings.fetch ?? fetch)(put);
    if (!answer.ok)
      throw new CommandProblem(`${path} could not be put to its address: it was answered ${answer.status}.`);
  }
  const params = { path: { exerciseId, fileId } };
  const { data } = await answered(api.POST('/legacy-exercises/{exerciseId}/files/{fileId}/readings', { params }));
  surroundings.terminal.write(
    typed.json
      ? jsonText(data)
      : `${fileId} is being read. yiqi legacy list ${exerciseId} ${fileId} shows what it holds.\n`,
  );
}

function bytesOf(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** What a list holds, sheet by sheet, and its first problems. */
export async function showList(
  surroundings: Surroundings,
  exerciseId: string,
  fileId: string,
  typed: Typed,
): Promise<void> {
  const params = { path: { exerciseId, fileId } };
  const { data } = await answered(
    apiFor(surroundings, typed).GET('/legacy-exercises/{exerciseId}/files/{fileId}', { params }),
  );
  const { terminal } = surroundings;
  if (typed.json) return terminal.write(jsonText(data));
  const { preview, refusal } = data;
  terminal.write(heading(data.fileName));
  terminal.write(
    factsText([
      ['State', data.state],
      ['Refused', refusal === null ? null : `${refusal.problem}: ${refusal.fix}`],
      ['Stopped', data.failure],
    ]),
  );
  if (preview === null) return;
  const sheets = preview.sheets.map(({ sheet, projects, problems, inferred, moneyMinor, goodsMinor, totals }) => [
    sheet,
    String(projects),
    String(problems),
    String(inferred),
    yuan(moneyMinor),
    yuan(goodsMinor),
    totals.length === 0 ? 'none' : totals.every(({ outcome }) => outcome === 'agrees') ? 'agree' : 'differ',
  ]);
  terminal.write(tableText(['Sheet', 'Projects', 'Problems', 'Inferred', 'Money', 'Goods', 'Its totals'], sheets));
  if (preview.firstProblems.length > 0)
    terminal.write(
      tableText(
        ['Sheet', 'Cell', 'Says', 'Problem', 'Fix'],
        preview.firstProblems.map(({ sheet, cell, text, problem, fix }) => [sheet, cell, text, problem, fix]),
      ),
    );
}

/** Makes projects of what was read. Again is no harm. */
export async function importList(
  surroundings: Surroundings,
  exerciseId: string,
  fileId: string,
  typed: Typed & { readonly leaveOutProblems: boolean; readonly acceptDifferences: boolean },
): Promise<void> {
  const { leaveOutProblems, acceptDifferences } = typed;
  const params = { path: { exerciseId, fileId } };
  const { data } = await answered(
    apiFor(surroundings, typed).POST('/legacy-exercises/{exerciseId}/files/{fileId}/imports', {
      params,
      body: { leaveOutProblems, acceptDifferences },
    }),
  );
  surroundings.terminal.write(typed.json ? jsonText(data) : `${data.fileName} is ${data.state}.\n`);
}

/** How far an exercise has come: lists, projects, what is missing, and the last summary. */
export async function showExercise(surroundings: Surroundings, exerciseId: string, typed: Typed): Promise<void> {
  const { data } = await answered(
    apiFor(surroundings, typed).GET('/legacy-exercises/{exerciseId}', pathOf(exerciseId)),
  );
  const { terminal } = surroundings;
  if (typed.json) return terminal.write(jsonText(data));
  const { progress, summary } = data;
  terminal.write(heading(data.title));
  terminal.write(
    factsText([
      ['State', data.state],
      ['Stopped', data.failure],
      ['Projects', `${progress.projects}, and ${progress.standings.same} copies`],
      ['Money', yuan(progress.moneyMinor)],
      ['Goods', yuan(progress.goodsMinor)],
      ['To confirm', `${progress.unconfirmedValues} values, ${progress.openPairs} pairs`],
      ['Papers missing', String(progress.missingPapers)],
      ['Decided, closed', `${progress.standings.decided}, ${progress.standings.closed}`],
      ['Summary', summary === null ? null : `${summary.projects} projects, SHA-256 ${summary.sha256}`],
    ]),
  );
  terminal.write(
    tableText(
      ['List', 'State', 'Id'],
      data.files.map(({ fileName, state, fileId }) => [fileName, state, fileId]),
    ),
  );
  for (const [head, lines] of [
    ['Year', progress.byYear],
    ['County', progress.byCounty],
  ] as const)
    terminal.write(
      tableText(
        [head, 'Projects', 'Closed', 'Money', 'Goods'],
        lines.map(({ name, projects, closed, moneyMinor, goodsMinor }) => [
          name,
          String(projects),
          String(closed),
          yuan(moneyMinor),
          yuan(goodsMinor),
        ]),
      ),
    );
}

/** Closes everything that is decided; after a stop it goes on where that was. */
export async function closeExercise(
  surroundings: Surroundings,
  exerciseId: string,
  typed: Typed & { readonly yes: boolean },
): Promise<void> {
  const api = apiFor(surroundings, typed);
  const { data: before } = await answered(api.GET('/legacy-exercises/{exerciseId}', pathOf(exerciseId)));
  const question = `Close ${before.progress.standings.decided} projects of “${before.title}”? A closed project cannot be opened again.`;
  if (!typed.yes && !(await agrees(surroundings.terminal, question))) throw new CommandProblem('Nothing was closed.');
  const { data } = await answered(api.POST('/legacy-exercises/{exerciseId}/closings', pathOf(exerciseId)));
  surroundings.terminal.write(
    typed.json ? jsonText(data) : `The exercise is ${data.state}. yiqi legacy show ${exerciseId} tells how it goes.\n`,
  );
}

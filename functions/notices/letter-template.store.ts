import type { Instant } from '../kernel/time.ts';
import { addressAmong, addressKeysOf } from '../organisations/public-address.store.ts';
import { letterTemplateKey, letterTemplatesOf, noticeSettingsKey } from '../platform/keys.ts';
import type { Table } from '../platform/table.ts';
import { LANGUAGES, type Language, LETTER_KINDS, type LetterKind } from './letter-kind.ts';
import { type LetterTemplate, letterTemplateSchema, type TemplateText } from './letter-template.ts';
import {
  DEFAULT_SETTINGS,
  type NoticeSettings,
  type NoticeSettingsText,
  noticeSettingsSchema,
} from './notice-settings.ts';

export async function findTemplate(
  table: Table,
  organisationId: string,
  kind: LetterKind,
  language: Language,
): Promise<LetterTemplate | undefined> {
  const item = await table.get(letterTemplateKey(organisationId, kind, language));
  return item === undefined ? undefined : letterTemplateSchema.parse(item);
}

export async function findSettings(table: Table, organisationId: string): Promise<NoticeSettings | undefined> {
  const item = await table.get(noticeSettingsKey(organisationId));
  return item === undefined ? undefined : noticeSettingsSchema.parse(item);
}

/** How an organisation writes: its own settings or the nearest above it, and the nearest template of a kind and language. */
export type Manner = {
  readonly settings: NoticeSettingsText;
  readonly settingsOf: string | undefined;
  readonly template: LetterTemplate | undefined;
  /** Where the organisation's public pages are. */
  readonly publicAddress: string | undefined;
};

/** `path`: from the root of the tree down to the organisation itself. One batch read, consistent. */
export async function readManner(
  table: Table,
  path: readonly string[],
  kind: LetterKind,
  language: Language,
): Promise<Manner> {
  const items = await table.getMany(
    path.flatMap((id) => [...addressKeysOf(id), letterTemplateKey(id, kind, language)]),
  );
  const nearest = (type: string) =>
    path.toReversed().flatMap((id) => items.filter((item) => item.type === type && item['organisationId'] === id))[0];
  const settings = noticeSettingsSchema.optional().parse(nearest('notice-settings'));
  return {
    settings: settings ?? DEFAULT_SETTINGS,
    settingsOf: settings?.organisationId,
    template: letterTemplateSchema.optional().parse(nearest('letter-template')),
    publicAddress: addressAmong(items, path)?.address,
  };
}

/** The templates in force in an organisation: its own, else those of the nearest above; of a kind and language without any, none. */
export async function templatesInForce(table: Table, path: readonly string[]): Promise<LetterTemplate[]> {
  const found = new Map<string, LetterTemplate>();
  for (const organisationId of path) {
    const { items } = await table.query(letterTemplatesOf(organisationId), {
      limit: LETTER_KINDS.length * LANGUAGES.length,
    });
    for (const item of items) {
      const template = letterTemplateSchema.parse(item);
      found.set(`${template.kind} ${template.language}`, template);
    }
  }
  return [...found.values()];
}

export type SaveOutcome<Saved> =
  | { readonly kind: 'saved'; readonly saved: Saved }
  | { readonly kind: 'changed-meanwhile'; readonly version: number };

const guardOf = (version: number) => (version === 0 ? ({ absent: true } as const) : { equals: { version } });

/** Puts a template in place of version `version`, or where there was none (0). */
export async function saveTemplate(
  table: Table,
  about: Pick<LetterTemplate, 'organisationId' | 'kind' | 'language' | 'savedBy'>,
  text: TemplateText,
  version: number,
  now: Instant,
): Promise<SaveOutcome<LetterTemplate>> {
  const saved: LetterTemplate = { type: 'letter-template', ...about, ...text, version: version + 1, updatedAt: now };
  const key = letterTemplateKey(about.organisationId, about.kind, about.language);
  const outcome = await table.write({ put: { ...key, ...saved }, when: guardOf(version) });
  if (outcome.kind === 'written') return { kind: 'saved', saved };
  return { kind: 'changed-meanwhile', version: letterTemplateSchema.optional().parse(outcome.existing)?.version ?? 0 };
}

/** Takes a template away, as it was read: what holds above counts again. */
export async function removeTemplate(table: Table, template: LetterTemplate): Promise<'removed' | 'changed-meanwhile'> {
  const { organisationId, kind, language, version } = template;
  const outcome = await table.write({
    delete: letterTemplateKey(organisationId, kind, language),
    when: { equals: { version } },
  });
  return outcome.kind === 'written' ? 'removed' : 'changed-meanwhile';
}

/** Puts settings in place of version `version`, or where there were none (0). */
export async function saveSettings(
  table: Table,
  about: Pick<NoticeSettings, 'organisationId' | 'savedBy' | 'publicAddress'>,
  text: NoticeSettingsText,
  version: number,
  now: Instant,
): Promise<SaveOutcome<NoticeSettings>> {
  const saved: NoticeSettings = { type: 'notice-settings', ...about, ...text, version: version + 1, updatedAt: now };
  const outcome = await table.write({
    put: { ...noticeSettingsKey(about.organisationId), ...saved },
    when: guardOf(version),
  });
  if (outcome.kind === 'written') return { kind: 'saved', saved };
  return { kind: 'changed-meanwhile', version: noticeSettingsSchema.optional().parse(outcome.existing)?.version ?? 0 };
}

import './read-tsx.ts';

// Imported before anything that logs or counts is loaded: a simulation says what it finds itself.
process.env['POWERTOOLS_LOG_LEVEL'] = 'SILENT';
process.env['POWERTOOLS_METRICS_DISABLED'] = 'true';
// React renders mails several times as slowly while it looks for mistakes of ours.
process.env['NODE_ENV'] = 'production';
process.env['AWS_REGION'] ??= 'us-east-1';
const { parseItemsOnce } = await import('./parse-once.ts');
parseItemsOnce();

/**
 * Runs the packed node in n8n's own engine: the "nightly sync" example against two servers on this
 * machine, or a list of items against an API of yours.
 */
import { parseArgs } from 'node:util';
import { nightlySync } from './nightlySync';
import { ownApi } from './ownApi';

const HELP = `
  npm start
      Builds the package and runs the "nightly sync" example in n8n's own engine, against an
      authorization server and a rate-limited API that it starts on this machine.

  CLIENT_SECRET=… npm start -- --token-url URL --client-id ID --url URL --items FILE [options]
      Sends each item of a JSON file to your own API. No n8n needs to be installed.

      --token-url URL        the token endpoint of your provider
      --client-id ID         the client; its secret is read from the environment variable CLIENT_SECRET
      --url URL              the API to call, once for each item
      --items FILE           a JSON file with a list of objects
      --scope SCOPE          what the token should allow; separate several with spaces
      --audience AUDIENCE    the API that the token is for, if the provider asks for it
      --basic                send ID and secret in a header instead of the body
      --method METHOD        POST by default; each item is sent as JSON, unless the method is GET
      --secret-env NAME      a different environment variable for the secret
      --allow-insecure-http  allow http:// to other machines
`;

const OPTIONS = {
	options: {
		help: { type: 'boolean', short: 'h' },
		'token-url': { type: 'string' },
		'client-id': { type: 'string' },
		url: { type: 'string' },
		items: { type: 'string' },
		scope: { type: 'string', default: '' },
		audience: { type: 'string', default: '' },
		basic: { type: 'boolean', default: false },
		method: { type: 'string', default: 'POST' },
		'secret-env': { type: 'string', default: 'CLIENT_SECRET' },
		'allow-insecure-http': { type: 'boolean', default: false },
	},
} as const;

async function main(): Promise<boolean> {
	const { values } = parseArgs(OPTIONS);
	if (values.help) {
		console.log(HELP);
		return true;
	}
	const { 'token-url': tokenUrl, 'client-id': clientId, url, items: itemsFile } = values;
	if (process.argv.length === 2) return await nightlySync();
	if (!tokenUrl || !clientId || !url || !itemsFile) {
		console.error(`Use --token-url, --client-id, --url and --items together.\n${HELP}`);
		return false;
	}
	const clientSecret = process.env[values['secret-env']];
	if (!clientSecret) {
		console.error(
			`Put the client's secret into the environment variable ${values['secret-env']}.\n${HELP}`,
		);
		return false;
	}
	return await ownApi({
		credential: {
			tokenUrl,
			clientId,
			clientSecret,
			scope: values.scope,
			audience: values.audience,
			clientAuthentication: values.basic ? 'client_secret_basic' : 'client_secret_post',
			allowInsecureHttp: values['allow-insecure-http'],
		},
		method: values.method.toUpperCase(),
		url,
		itemsFile,
	});
}

main().then(
	(ok) => process.exit(ok ? 0 : 1),
	(error: unknown) => {
		console.error(error instanceof Error ? error.message : error);
		process.exit(1);
	},
);

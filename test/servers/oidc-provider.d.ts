/** The part of `oidc-provider`, which brings no types, that the test authorization server uses. */
declare module 'oidc-provider' {
	import type { RequestListener } from 'node:http';

	export default class Provider {
		constructor(issuer: string, configuration: Record<string, unknown>);
		callback(): RequestListener;
		on(event: 'grant.success', listener: (ctx: { body: { access_token: string } }) => void): this;
	}

	export const errors: { InvalidTarget: new () => Error };
}

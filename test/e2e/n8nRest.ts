import { waitFor } from './processes';

/** Who signs in to an instance on loopback. */
export const OWNER = {
	email: 'owner@example.com',
	firstName: 'Owner',
	lastName: 'Test',
	password: 'Loopback-only-1',
};

/** A client of the API behind n8n's editor. Sets the owner up, or signs in, before its first request. */
export class N8nRest {
	private cookie: Promise<string> | undefined;

	constructor(private readonly baseUrl: string) {}

	/** Sign in again before the next request. */
	forget(): void {
		this.cookie = undefined;
	}

	async get<T = unknown>(path: string): Promise<T> {
		return await this.request<T>('GET', path);
	}

	async post<T = unknown>(path: string, body: unknown = {}): Promise<T> {
		return await this.request<T>('POST', path, body);
	}

	async patch<T = unknown>(path: string, body: unknown): Promise<T> {
		return await this.request<T>('PATCH', path, body);
	}

	/** Publishes the current version of a workflow and waits until its triggers are registered. */
	async publish(workflowId: string, isVersion1: boolean): Promise<void> {
		const { versionId } = await this.get<{ versionId: string }>(`/workflows/${workflowId}`);
		if (isVersion1) {
			await this.patch(`/workflows/${workflowId}`, { active: true, versionId });
			return;
		}
		await this.post(`/workflows/${workflowId}/activate`, { versionId });
		const seen = await waitFor(
			async () => {
				const now = await this.get<{ status: string; triggers: unknown }>(
					`/workflows/${workflowId}/publication-status`,
				);
				return ['in_progress', 'not_published'].includes(now.status) ? undefined : now;
			},
			{ timeoutMs: 60_000, describe: () => `Workflow ${workflowId} was not published` },
		);
		if (seen.status !== 'published')
			throw new Error(`Publishing ${workflowId}: ${JSON.stringify(seen)}`);
	}

	async unpublish(workflowId: string, isVersion1: boolean): Promise<void> {
		if (!isVersion1) return void (await this.post(`/workflows/${workflowId}/deactivate`));
		const { versionId } = await this.get<{ versionId: string }>(`/workflows/${workflowId}`);
		await this.patch(`/workflows/${workflowId}`, { active: false, versionId });
	}

	/** "Execute workflow" in the editor. */
	async runManually(workflowId: string, triggerName: string): Promise<{ executionId: string }> {
		const workflowData = await this.get(`/workflows/${workflowId}`);
		return await this.post(`/workflows/${workflowId}/run`, {
			// n8n 1 runs what it is sent, n8n 2 what it has stored.
			workflowData,
			triggerToStartFrom: { name: triggerName },
		});
	}

	/** Changes fields of a credential's data, as someone does who rotates a secret. */
	async updateCredential(id: string, changes: Record<string, unknown>): Promise<void> {
		const { name, type, data } = await this.credential(id);
		await this.patch(`/credentials/${id}`, { name, type, data: { ...data, ...changes } });
	}

	/** What the editor shows after "Save": the result of the credential's test. */
	async testCredential(id: string): Promise<{ status: 'OK' | 'Error'; message: string }> {
		const { name, type, data } = await this.credential(id);
		return await this.post('/credentials/test', { credentials: { id, name, type, data } });
	}

	/** A credential as the editor gets it, its secrets blanked. */
	async credential(
		id: string,
	): Promise<{ name: string; type: string; data: Record<string, unknown> }> {
		return await this.get(`/credentials/${id}?includeData=true`);
	}

	private async request<T>(method: string, path: string, body?: unknown): Promise<T> {
		const cookie = await (this.cookie ??= this.signIn());
		return (await this.send(method, path, body, cookie)).data as T;
	}

	private async signIn(): Promise<string> {
		const { data } = (await this.send('GET', '/settings')) as {
			data: { userManagement: { showSetupOnFirstLoad: boolean } };
		};
		const answer = data.userManagement.showSetupOnFirstLoad
			? await this.send('POST', '/owner/setup', OWNER)
			: await this.send('POST', '/login', {
					emailOrLdapLoginId: OWNER.email,
					password: OWNER.password,
				});
		const cookie = answer.cookies.find((line) => line.startsWith('n8n-auth='));
		if (!cookie) throw new Error('n8n gave no session cookie.');
		return cookie.split(';')[0] as string;
	}

	private async send(
		method: string,
		path: string,
		body?: unknown,
		cookie?: string,
	): Promise<{ data: unknown; cookies: string[] }> {
		const response = await fetch(`${this.baseUrl}/rest${path}`, {
			method,
			headers: { 'content-type': 'application/json', ...(cookie ? { cookie } : {}) },
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		const text = await response.text();
		if (!response.ok)
			throw new Error(
				`n8n answered ${method} ${path} with ${response.status}: ${text.slice(0, 500)}`,
			);
		const parsed = JSON.parse(text) as { data: unknown };
		return { data: parsed.data, cookies: response.headers.getSetCookie() };
	}
}

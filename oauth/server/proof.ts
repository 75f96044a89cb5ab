import { createPublicKey, generateKeyPairSync } from 'crypto';
import { DPoP, modifyAssertion, type DPoPHandle } from 'oauth4webapi';
import { importSigningKey, importVerifyingKey } from '../keys/privateKey';
import { createServerClock, type ServerClock } from './serverClock';

/** JWS algorithms of proofs: both are quick, and servers know the first at least. */
export type ProofAlgorithm = 'ES256' | 'EdDSA';

/** A key pair that a token is bound to. RFC 9449 §4. */
export interface ProofKey {
	/** PEM, PKCS #8. */
	privateKey: string;
	/** Makes the proofs, and knows the nonces of the servers. */
	handle: DPoPHandle;
	/** What time it is to the server at this address: a proof is good for a short time only. */
	clockOf: (url: string) => ServerClock;
}

/** The key pairs of a process. */
export interface ProofKeys {
	/** The one that this client uses, or a new one. @param client its cache key. */
	current(client: string, algorithm: ProofAlgorithm): Promise<ProofKey>;
	/** The one that a token of this client is bound to: from here on, it is the current one. */
	use(client: string, privateKey: string, algorithm: ProofAlgorithm): Promise<ProofKey>;
}

/** @param keep how many; of more, the one used longest ago is dropped. Its token has it, too. */
export function createProofKeys(now: () => number, keep = 100): ProofKeys {
	const keys = new Map<string, { privateKey: string; key: Promise<ProofKey> }>();

	const use: ProofKeys['use'] = (client, privateKey, algorithm) => {
		let entry = keys.get(client);
		if (entry?.privateKey !== privateKey) {
			entry = { privateKey, key: importProofKey(privateKey, algorithm, now) };
		}
		keys.delete(client);
		keys.set(client, entry);
		const [oldest] = keys.keys();
		if (keys.size > keep && oldest !== undefined) keys.delete(oldest);
		return entry.key;
	};
	return {
		use,
		current: (client, algorithm) =>
			use(client, keys.get(client)?.privateKey ?? generatePrivateKey(algorithm), algorithm),
	};
}

async function importProofKey(
	privateKey: string,
	algorithm: ProofAlgorithm,
	now: () => number,
): Promise<ProofKey> {
	const pair = {
		privateKey: await importSigningKey(privateKey, algorithm),
		publicKey: await importVerifyingKey(createPublicKey(privateKey), algorithm),
	};
	const clocks = new Map<string, ServerClock>();
	const clockOf = (url: string): ServerClock => {
		const { origin } = new URL(url);
		const clock = clocks.get(origin) ?? createServerClock(now);
		clocks.set(origin, clock);
		return clock;
	};
	const handle = DPoP({}, pair, {
		[modifyAssertion](header, payload) {
			// Of Ed25519 the library says "Ed25519" (RFC 9864), which few servers know yet.
			header.alg = algorithm;
			payload.iat = Math.floor(clockOf(payload.htu as string).now() / 1000);
		},
	});
	return { privateKey, handle, clockOf };
}

function generatePrivateKey(algorithm: ProofAlgorithm): string {
	const { privateKey } =
		algorithm === 'ES256'
			? generateKeyPairSync('ec', { namedCurve: 'P-256' })
			: generateKeyPairSync('ed25519');
	return privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
}

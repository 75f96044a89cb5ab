import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readPrivateKey } from '../../../oauth/keys/privateKey';

const encrypted = (): string =>
	generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
		type: 'pkcs8',
		format: 'pem',
		cipher: 'aes-256-cbc',
		passphrase: 'open sesame',
	}) as string;

describe('an encrypted private key', () => {
	it('is opened once for all who read it', () => {
		const text = encrypted();
		expect(readPrivateKey(text, 'open sesame')).toBe(readPrivateKey(text, 'open sesame'));
	});

	it('that has been opened stays closed to another passphrase', () => {
		const text = encrypted();
		readPrivateKey(text, 'open sesame');
		expect(() => readPrivateKey(text, 'close sesame')).toThrow('cannot be opened');
	});

	it('is kept as long as no twenty others have been read since', () => {
		const text = encrypted();
		const key = readPrivateKey(text, 'open sesame');
		for (let count = 0; count < 20; count++) readPrivateKey(encrypted(), 'open sesame');
		expect(readPrivateKey(text, 'open sesame')).not.toBe(key);
	});
});

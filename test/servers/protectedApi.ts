import { Agent } from 'node:https';
import express, { type ErrorRequestHandler, type Request, type Response } from 'express';
import {
	auth,
	InvalidTokenError,
	requiredScopes,
	UnauthorizedError,
} from 'express-oauth2-jwt-bearer';
import { MemoryStore, rateLimit, type Options } from 'express-rate-limit';
import type { AuthorizationServer } from './authorizationServer';
import {
	listenOnLoopback,
	recordRequest,
	type LoopbackOptions,
	type ReceivedRequest,
} from './loopback';

export interface RateLimit {
	/** Requests allowed in a window, which begins with its first request. */
	requests: number;
	windowMs: number;
	/** Form of `Retry-After` on a 429, rounded up to whole seconds. `seconds` by default. */
	retryAfter?: 'seconds' | 'date' | 'none';
	/** Which draft of the `RateLimit` header every answer carries. None by default. */
	headers?: 'draft-6' | 'draft-7' | 'draft-8';
	/** Counts authorized requests only. By default the limit stands in front, as in a gateway. */
	afterAuthorization?: boolean;
}

export interface ProtectedApiOptions extends LoopbackOptions {
	/** Whose tokens the API accepts. */
	authorizationServer: Pick<AuthorizationServer, 'issuer' | 'jwksUri' | 'audience'>;
	rateLimit?: RateLimit;
	/** Whether it accepts DPoP tokens beside Bearer tokens, or nothing else. RFC 9449. */
	dpop?: 'allowed' | 'required';
}

/** `true` when it took care of the answer, `false` to let the API answer. */
export type ApiInterceptor = (req: Request, res: Response) => boolean | Promise<boolean>;

export interface ProtectedApi {
	origin: string;
	requests: readonly ReceivedRequest[];
	refused429(): number;
	unauthorized(): number;
	/** How many connections have been opened. */
	connections(): number;
	/** How often `POST /records` accepted each `id`. */
	delivered(): Map<string, number>;
	/** Answers these tokens with 401 `invalid_token` from now on. */
	revoke(...tokens: string[]): void;
	/** Lets `handler` see every request first, until the next call; without one it stops. */
	intercept(handler?: ApiInterceptor): void;
	close(): Promise<void>;
}

/** An API on loopback that wants a JWT of the authorization server for every route. */
export async function startProtectedApi(options: ProtectedApiOptions): Promise<ProtectedApi> {
	const { origin, server, close } = await listenOnLoopback(options);
	const requests: ReceivedRequest[] = [];
	const revoked = new Set<string>();
	const records = new Map<string, unknown>();
	const deliveries = new Map<string, number>();
	const limit = options.rateLimit && createLimiter(options.rateLimit);
	let interceptor: ApiInterceptor | undefined;

	const app = express();
	app.use(async (req, res, next) => {
		requests.push(recordRequest(req, res));
		if (!(await interceptor?.(req, res))) next();
	});
	if (limit && !options.rateLimit?.afterAuthorization) app.use(limit.middleware);
	app.use(requireToken(options.authorizationServer, options.dpop), (req, _res, next) => {
		next(
			revoked.has(req.auth?.token ?? '') ? new InvalidTokenError('Token was revoked') : undefined,
		);
	});
	if (limit && options.rateLimit?.afterAuthorization) app.use(limit.middleware);

	app.post('/records', requiredScopes('records:write'), express.json(), (req, res) => {
		const record = req.body as { id?: string | number } | undefined;
		if (record?.id === undefined) {
			res.status(400).json({ error: 'id_missing' });
			return;
		}
		const id = String(record.id);
		records.set(id, record);
		deliveries.set(id, (deliveries.get(id) ?? 0) + 1);
		res.status(201).json(record);
	});
	app.get('/records/:id', requiredScopes('records:read'), (req, res) => {
		const record = records.get(String(req.params.id));
		res.status(record ? 200 : 404).json(record ?? { error: 'not_found' });
	});
	app.use(testRoutes());
	app.use(answerError);
	server.on('request', app);
	let connections = 0;
	server.on('connection', () => connections++);

	const answeredWith = (status: number) =>
		requests.filter((request) => request.status === status).length;
	return {
		origin,
		requests,
		refused429: () => answeredWith(429),
		unauthorized: () => answeredWith(401),
		connections: () => connections,
		delivered: () => new Map(deliveries),
		revoke: (...tokens) => tokens.forEach((token) => revoked.add(token)),
		intercept: (handler) => (interceptor = handler),
		close: async () => {
			limit?.store.shutdown();
			await close();
		},
	};
}

/** Routes that show what arrived, or answer in a way a client must cope with. */
function testRoutes() {
	const router = express.Router();
	router.all('/echo{/*path}', express.raw({ type: () => true, limit: '50mb' }), (req, res) => {
		const body = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
		res.json({
			method: req.method,
			path: req.path,
			url: req.originalUrl,
			query: req.query,
			headers: { ...req.headers, authorization: undefined },
			body: body.toString(),
			bodyBase64: body.toString('base64'),
		});
	});
	router.all('/status/:code', (req, res) => {
		const status = Number(req.params.code);
		res.status(status).json({ status });
	});
	router.all('/redirect', (req, res) => {
		const { status = 302, to } = req.query as { status?: string; to: string };
		res.redirect(Number(status), to);
	});
	router.get('/file', (_req, res) => {
		res.attachment('report.bin').send(Buffer.from(Uint8Array.from({ length: 256 }, (_, i) => i)));
	});
	router.all('/slow', (req, res) => {
		setTimeout(() => res.json({ slow: true }), Number(req.query.ms ?? 0));
	});
	return router;
}

function requireToken(
	{ issuer, jwksUri, audience }: ProtectedApiOptions['authorizationServer'],
	dpop: ProtectedApiOptions['dpop'],
) {
	return auth({
		issuer,
		jwksUri,
		audience,
		tokenSigningAlg: 'RS256',
		// A token is over when it says so: tests use lifetimes shorter than any tolerance.
		clockTolerance: 0,
		dpop: { enabled: dpop !== undefined, required: dpop === 'required' },
		// The certificates of these tests are self-signed.
		...(jwksUri.startsWith('https:') && { agent: new Agent({ rejectUnauthorized: false }) }),
	});
}

function createLimiter({ requests, windowMs, retryAfter = 'seconds', headers }: RateLimit) {
	const store = new MemoryStore();
	const handler: Options['handler'] = (req, res) => {
		const waitMs = resetTime(req) - Date.now();
		res.removeHeader('Retry-After');
		if (retryAfter === 'seconds') res.set('Retry-After', String(Math.ceil(waitMs / 1000)));
		if (retryAfter === 'date') res.set('Retry-After', httpDate(Date.now() + waitMs));
		res.status(429).json({ error: 'too_many_requests' });
	};
	const middleware = rateLimit({
		limit: requests,
		windowMs,
		standardHeaders: headers ?? false,
		legacyHeaders: false,
		store,
		handler,
		validate: false,
	});
	return { middleware, store };
}

/** When the window of this client ends, in milliseconds since the epoch. */
function resetTime(req: Request): number {
	const { rateLimit } = req as Request & { rateLimit?: { resetTime?: Date } };
	return rateLimit?.resetTime?.getTime() ?? Date.now();
}

/** An HTTP date has whole seconds; rounding down would invite too early. */
function httpDate(ms: number): string {
	return new Date(Math.ceil(ms / 1000) * 1000).toUTCString();
}

/** Without it Express would answer in HTML and print the error. */
const answerError: ErrorRequestHandler = (error: unknown, _req, res, next) => {
	if (res.headersSent) return next(error);
	if (error instanceof UnauthorizedError) res.status(error.status).set(error.headers);
	else res.status(500);
	res.json(error instanceof Error ? { error: error.name, message: error.message } : { error });
};

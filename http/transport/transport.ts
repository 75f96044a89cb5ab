import type { HttpRequest, Outcome } from '../message';

/**
 * Sends one request and follows nothing. Rejects only when `signal` aborts; whatever else goes
 * wrong is an outcome.
 */
export type Transport = (request: HttpRequest, signal?: AbortSignal) => Promise<Outcome>;

/**
 * One comparison of the two nodes, as data. Texts may name `{api}` and `{other}`: the origins of two
 * servers that only this case and only one of the nodes talks to.
 */
export interface ParityCase {
	/** What is compared, as the page shows it. Unique. */
	title: string;
	/** Of both nodes. `url` is `{api}/records` where it is left out. */
	parameters?: Record<string, unknown>;
	/** The parameter `options` of both nodes. */
	options?: Record<string, unknown>;
	/** Name of what comes in: see `inputs.ts`. `one` where it is left out. */
	input?: string;
	/**
	 * What the servers answer: the first request the first one, and so on; the last one goes on. Or by
	 * path. `{ "ok": true }` where it is left out.
	 */
	answers?: Answer | Answer[] | AnswersByPath;
	/**
	 * The servers speak TLS: with a certificate that nobody trusts, or with one of a private authority, and
	 * let nobody in without a client certificate of that one.
	 */
	https?: 'untrusted' | 'mutual';
	/** The HTTP Request node uses its OAuth2 credential. Otherwise it sends no token. */
	withToken?: boolean;
	/** `continueRegularOutput` where it is left out. */
	onError?: 'continueErrorOutput' | 'stopWorkflow';
}

export type AnswersByPath = Record<`/${string}`, Answer>;

/** What a server answers. */
export interface Answer {
	status?: number;
	/** Content-Type is `application/json` where there is none; an empty text leaves it out. */
	headers?: Record<string, string | string[]>;
	/** Text, or bytes as `{ base64 }`; anything else is sent as JSON. */
	body?: unknown;
	/** Compresses the body and says so. */
	encoding?: 'gzip' | 'br' | 'deflate';
	/** Sends the body in pieces of one character, without a length. */
	chunked?: boolean;
	/** Between two of these pieces. */
	pauseMs?: number;
	delayMs?: number;
	/** Drops the connection instead of an answer, or in the middle of one. */
	drop?: 'before' | 'within';
}

/** Cases about one thing, a section of the page. */
export interface ParityGroup {
	title: string;
	cases: ParityCase[];
}

/** Something that this node does in another way, and why. */
export interface IntendedDifference {
	title: string;
	/** The beginning of the row in `docs/migration.md` that tells people of it. */
	row: string;
	why: string;
	/**
	 * Where it shows: title of the group → title of the case → paths (see `compare.ts`), divided by blanks.
	 * A path covers all that is below it.
	 */
	where: Record<string, Record<string, string>>;
}

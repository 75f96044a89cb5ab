import { listenOnLoopback } from './loopback';

/** Serves one path with what another address answers to the same request: a server as it would be found elsewhere. */
export async function startRelay(path: string, target: string) {
	const { origin, server, close } = await listenOnLoopback();
	server.on('request', (req, res) => {
		void (async () => {
			if (req.url !== path) return void res.writeHead(404).end();
			const chunks: Buffer[] = [];
			for await (const chunk of req) chunks.push(chunk as Buffer);
			const { authorization } = req.headers;
			const answer = await fetch(target, {
				method: req.method,
				headers: {
					'content-type': String(req.headers['content-type']),
					...(authorization && { authorization }),
				},
				body: Buffer.concat(chunks),
			});
			res.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
		})();
	});
	return { origin, close };
}

declare module '@mozilla/readability/JSDOMParser.js' {
	/** As much of a DOM as Readability needs, from XML. */
	export default class JSDOMParser {
		parse(xml: string): object;
	}
}

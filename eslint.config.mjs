import { n8nCommunityNodesPlugin } from '@n8n/eslint-plugin-community-nodes';
import n8nNodesBase from 'eslint-plugin-n8n-nodes-base';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** What ends up in the published package. */
const SHIPPED = ['{credentials,nodes,n8n,oauth,http,text}/**/*.ts'];
/** Everything the compiler checks; typed rules need its answers. */
const TYPED = ['{credentials,nodes,n8n,oauth,http,text,test,demo,bench}/**/*.ts'];

export default defineConfig(
	globalIgnores(['dist/', 'coverage/']),
	{ linterOptions: { reportUnusedDisableDirectives: 'error' } },

	// All own code.
	{
		files: ['**/*.{ts,mts,js,mjs}'],
		extends: [tseslint.configs.recommended],
		rules: {
			eqeqeq: 'error',
			'@typescript-eslint/no-explicit-any': 'error',
			'@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
		},
	},
	{
		files: TYPED,
		extends: [tseslint.configs.recommendedTypeChecked],
		languageOptions: { parserOptions: { projectService: true } },
		rules: { '@typescript-eslint/switch-exhaustiveness-check': 'error' },
	},
	{
		files: ['*.js'],
		rules: { '@typescript-eslint/no-require-imports': 'off' },
	},
	{
		files: ['test/**/*.ts'],
		rules: {
			// Matchers such as `expect.any(String)` are typed `any`, stubs are async to fit an interface.
			'@typescript-eslint/no-unsafe-assignment': 'off',
			'@typescript-eslint/require-await': 'off',
			'@typescript-eslint/unbound-method': 'off',
		},
	},

	// Shipped code: stricter types, and the rules n8n verifies a package by.
	{
		files: SHIPPED,
		extends: [tseslint.configs.strictTypeChecked, n8nCommunityNodesPlugin.configs.recommended],
		rules: {
			'no-console': 'error',
			'@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
			'@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
		},
	},
	{
		// These know nothing of n8n, by design; the node turns their errors into n8n's.
		files: ['{oauth,http,text}/**/*.ts'],
		rules: { '@n8n/community-nodes/require-node-api-error': 'off' },
	},
	{
		files: ['{credentials,nodes}/**/*.ts'],
		plugins: { 'n8n-nodes-base': n8nNodesBase },
		// n8n's scanner reads these folders and ignores disabling comments, so they must not be used.
		linterOptions: { noInlineConfig: true },
	},
	// The same exceptions as in `buildScanConfig` of @n8n/scan-community-package.
	{
		files: ['credentials/**/*.ts'],
		rules: {
			...n8nNodesBase.configs.credentials.rules,
			// Community credentials have a full URL there.
			'n8n-nodes-base/cred-class-field-documentation-url-miscased': 'off',
			// The community plugin's `credential-password-field` is more accurate.
			'n8n-nodes-base/cred-class-field-type-options-password-missing': 'off',
		},
	},
	{
		files: ['nodes/**/*.ts'],
		rules: {
			...n8nNodesBase.configs.nodes.rules,
			// Inputs and outputs may be the `NodeConnectionTypes` constants.
			'n8n-nodes-base/node-class-description-inputs-wrong-regular-node': 'off',
			'n8n-nodes-base/node-class-description-outputs-wrong': 'off',
			// An API may have a maximum.
			'n8n-nodes-base/node-param-type-options-max-value-present': 'off',
		},
	},
	{
		files: ['package.json'],
		extends: [n8nCommunityNodesPlugin.configs.recommended],
		plugins: { 'n8n-nodes-base': n8nNodesBase },
		languageOptions: { parser: tseslint.parser },
		rules: n8nNodesBase.configs.community.rules,
	},
);

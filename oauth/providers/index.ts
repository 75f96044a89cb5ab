import { adobe } from './adobe';
import { auth0 } from './auth0';
import { autodesk } from './autodesk';
import { box } from './box';
import { bynder } from './bynder';
import { cognito } from './cognito';
import { commercetools } from './commercetools';
import { databricks } from './databricks';
import { dynatrace } from './dynatrace';
import { ebay } from './ebay';
import { entra } from './entra';
import { fedex } from './fedex';
import { fusionauth } from './fusionauth';
import { genesys } from './genesys';
import { jamf } from './jamf';
import { keycloak } from './keycloak';
import { okta } from './okta';
import { onelogin } from './onelogin';
import { paypal } from './paypal';
import { pingfederate } from './pingfederate';
import { pingone } from './pingone';
import type { Provider } from './provider';
import { sailpoint } from './sailpoint';
import { salesforce } from './salesforce';
import { sapbtp } from './sapbtp';
import { servicenow } from './servicenow';
import { shopify } from './shopify';
import { sophos } from './sophos';
import { spotify } from './spotify';
import { tailscale } from './tailscale';
import { twitch } from './twitch';
import { uipath } from './uipath';
import { ups } from './ups';
import { xero } from './xero';
import { zitadel } from './zitadel';
import { zoom } from './zoom';

/** In the order in which the editor shows them: by name. */
export const providers: readonly Provider[] = [
	adobe,
	cognito,
	auth0,
	autodesk,
	box,
	bynder,
	commercetools,
	databricks,
	dynatrace,
	ebay,
	fedex,
	fusionauth,
	genesys,
	jamf,
	keycloak,
	entra,
	okta,
	onelogin,
	paypal,
	pingfederate,
	pingone,
	sailpoint,
	salesforce,
	sapbtp,
	servicenow,
	shopify,
	sophos,
	spotify,
	tailscale,
	twitch,
	uipath,
	ups,
	xero,
	zitadel,
	zoom,
];

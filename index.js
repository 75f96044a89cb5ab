const {
	ClientCredentialsOAuth2Api,
} = require('./dist/credentials/ClientCredentialsOAuth2Api.credentials.js');
const { OAuth2HttpRequest } = require('./dist/nodes/OAuth2HttpRequest/OAuth2HttpRequest.node.js');

module.exports = { OAuth2HttpRequest, ClientCredentialsOAuth2Api };

package rendertest

// PlainMySQL are answers with an external database.
const PlainMySQL = `version: 1
database: {type: mysql, mysql: {host: db.example.com, user: zenml, password: {env: P}}}
`

// RawSecrets are answers with secrets in the raw values.
const RawSecrets = PlainMySQL + `server: {auth: {jwtSecretKey: {env: JWT}}}
values:
  server:
    instanceLabel: ml
    pro: {enabled: true, enrollmentKey: c4n4ry-enrollment, enrollmentKeySecretRef: {name: n, key: k}}
    auth: {jwtTokenLeewaySeconds: 5}
    environment: {DB_URL: "postgres://u:c4n4ry-url@h/db"}
    secretEnvironment: {ANY: c4n4ry-any}
    openTelemetry: {endpoint: "http://c4n4ry-user@collector:4317"}
  podAnnotations: {auth-secret: name-of-one}
  workerDeployments: {w: {env: [{name: API_TOKEN, value: c4n4ry-list}, {name: MODE, value: fast}]}}
`

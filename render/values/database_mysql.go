package values

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/secret"
	"github.com/zenml-installer/zenml-installer/internal/yamlnode"
	"github.com/zenml-installer/zenml-installer/render/proof"
)

// mysql sets the MySQL URL and its password, by reference if the chart supports it.
func mysql(d *draft) {
	if d.a.Database.Type != answers.MySQLDatabase {
		return
	}
	m := d.a.Database.MySQL
	if m.Auth == answers.RDSAuth {
		d.storeAddress(m)
		d.rds(m.RDS)
		return
	}
	switch {
	case d.has("database.passwordSecretRef"):
		d.storeAddress(m)
		d.passwordRef()
	case d.refersToSecrets():
		d.storeAddress(m)
		d.appendRef("ZENML_STORE_PASSWORD", d.refer(passwordAnswer), passwordAnswer, "database.mysql.auth")
	default:
		d.passwordInURL(m)
	}
}

const passwordAnswer = "database.mysql.password"

// addressAnswers are the answers in the database URL.
var addressAnswers = []string{
	"database.type", "database.mysql.host", "database.mysql.port", "database.mysql.name", "database.mysql.user",
}

// storeAddress sets the database URL without a password.
func (d *draft) storeAddress(m answers.MySQL) {
	address := storeURL(m, url.User(m.User))
	d.set("database.url", address, addressAnswers...).
		prove(proof.PodsHave("ZENML_STORE_URL", address), proof.HasMigration())
}

// passwordRef references the Secret with the password.
func (d *draft) passwordRef() {
	password := d.refer(passwordAnswer)
	d.comment(
		"database",
		fmt.Sprintf(
			"MySQL (database.mysql). The password is in Secret %s; a password in the URL would override it.",
			password.Name,
		),
	)
	d.set("database.passwordSecretRef", refMap(password), passwordAnswer, "database.mysql.auth").
		prove(proof.PodsReference("ZENML_STORE_PASSWORD", password))
}

// passwordInURL sets the database URL with the password, for charts that accept
// it nowhere else.
func (d *draft) passwordInURL(m answers.MySQL) {
	address := secret.New(storeURL(m, url.UserPassword(m.User, d.read(passwordAnswer).Reveal())))
	d.comment("database", "MySQL (database.mysql). This chart accepts the password only in the URL.")
	from := append(slices.Clone(addressAnswers), passwordAnswer, "database.mysql.auth")
	d.set("database.url", address.Reveal(), from...).
		markSensitive().
		prove(proof.PodsHaveSecret("ZENML_STORE_URL", address), proof.HasMigration())
}

// rds sets the values for AWS IAM authentication instead of a password.
func (d *draft) rds(r answers.RDS) {
	const key = "database.mysql.auth"
	if !d.supports("database.authMode", key, "supports password authentication only") {
		return
	}
	d.comment(
		"database",
		"MySQL of AWS RDS (database.mysql): the server logs in with the identity of its pods, without a password.",
	)
	d.set("database.authMode", "aws_rds_iam", key).
		prove(proof.PodsHave("ZENML_STORE_AUTH_MODE", "aws_rds_iam"), proof.PodsLack("ZENML_STORE_PASSWORD"))
	if r.Region != "" {
		d.set("database.awsRegion", r.Region, "database.mysql.rds.region").
			prove(proof.PodsHave("ZENML_STORE_AWS_REGION", r.Region))
	}
	if r.RoleARN != "" {
		d.set("database.awsRdsIamRoleArn", r.RoleARN, "database.mysql.rds.roleARN").
			prove(proof.PodsHave("ZENML_STORE_AWS_RDS_IAM_ROLE_ARN", r.RoleARN))
	}
}

func address(m answers.MySQL) string { return net.JoinHostPort(m.Host, strconv.Itoa(m.Port)) }

// storeURL returns the database URL. The server decodes a percent-encoded user
// and password, but reads the database name literally.
func storeURL(m answers.MySQL, user *url.Userinfo) string {
	return "mysql://" + user.String() + "@" + address(m) + "/" + m.Name
}

func refMap(ref answers.SecretRef) yamlnode.Map {
	return yamlnode.Map{{"name", ref.Name}, {"key", ref.Key}}
}

// mysqlPool sets the size of each pod's connection pool.
func mysqlPool(d *draft) {
	if d.a.Database.Type != answers.MySQLDatabase {
		return
	}
	pool := d.a.Database.MySQL.Pool
	if pool.Size > 0 {
		d.set("database.poolSize", pool.Size, "database.mysql.pool.size").
			prove(proof.PodsHave("ZENML_STORE_POOL_SIZE", strconv.Itoa(pool.Size)))
	}
	if n := pool.Overflow; n != nil {
		d.set("database.maxOverflow", orZero(*n), "database.mysql.pool.overflow").
			prove(proof.PodsHave("ZENML_STORE_MAX_OVERFLOW", strconv.Itoa(*n)))
	}
}

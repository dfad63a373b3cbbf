package secrets

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/peers"
)

var awsActions = []string{"CreateSecret", "DescribeSecret", "GetSecretValue", "PutSecretValue", "TagResource",
	"DeleteSecret"}

// awsPolicy allows all actions of the store except one.
func awsPolicy(without string, more ...string) string {
	var actions []string
	for _, a := range awsActions {
		if a != without {
			actions = append(actions, `"secretsmanager:`+a+`"`)
		}
	}
	for _, a := range more {
		actions = append(actions, `"`+a+`"`)
	}
	return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":[%s],"Resource":"*"}]}`,
		strings.Join(actions, ","))
}

func inAWS(k peers.Key, change ...func(*answers.AWSStore)) answers.SecretsStore {
	s := answers.AWSStore{
		AuthMethod:      answers.AWSSecretKey,
		Region:          "us-east-1",
		AccessKeyID:     checktest.Plain(k.ID),
		SecretAccessKey: checktest.Plain(k.Secret),
	}
	for _, c := range change {
		c(&s)
	}
	return answers.SecretsStore{Type: answers.AWSSecrets, AWS: s}
}

func TestAWS_permissions(t *testing.T) {
	t.Parallel()
	cloud := peers.StartAWS(t)
	at := map[string]string{"AWS_ENDPOINT_URL": cloud.URL}
	good := cloud.User(t, "zenml", awsPolicy("", "sts:*"))
	empty := func(t *testing.T) {
		t.Helper()
		if left := cloud.Secrets(t); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}

	t.Run("serves", func(t *testing.T) {
		report := runChecks(t, withStore(inAWS(good), at), check.Options{}, good.Secret)
		checktest.Expect(t, report, "secrets.credentials", check.Pass,
			"arn:aws:iam::123456789012:user/zenml, account 123456789012, us-east-1")
		checktest.Expect(t, report, "secrets.permissions", check.Pass,
			"6 permissions, tested with a secret that was removed")
		empty(t)
	})
	t.Run("own endpoint", func(t *testing.T) {
		// The environment sets only the endpoint of STS, the answers that of Secrets Manager.
		e := withStore(inAWS(good, func(s *answers.AWSStore) { s.EndpointURL = cloud.URL }),
			map[string]string{"AWS_ENDPOINT_URL_STS": cloud.URL})
		checktest.Expect(t, runChecks(t, e, check.Options{}, good.Secret), "secrets.permissions", check.Pass)
	})
	t.Run("whole configuration", func(t *testing.T) {
		store := answers.SecretsStore{Type: answers.AWSSecrets, AWS: answers.AWSStore{
			AuthMethod: answers.AWSSecretKey,
			AuthConfig: checktest.Plain(
				fmt.Sprintf(`{"region":"us-east-1","aws_access_key_id":%q,"aws_secret_access_key":%q,"role_arn":null}`,
					good.ID, good.Secret),
			),
		}}
		checktest.Expect(t, runChecks(t, withStore(store, at), check.Options{}, good.Secret), "secrets.permissions",
			check.Pass)
		store.AWS.AuthConfig = checktest.Plain("rubbish" + checktest.Canary)
		checktest.Expect(t, runChecks(t, withStore(store, at), check.Options{}), "secrets.credentials", check.Failed,
			"authConfig: it is not a JSON object")
	})
	t.Run("read-only", func(t *testing.T) {
		report := runChecks(t, withStore(inAWS(good), at), check.Options{ReadOnly: true}, good.Secret)
		checktest.Expect(t, report, "secrets.permissions", check.Skipped, "--read-only creates no test secret",
			"secretsmanager:CreateSecret, secretsmanager:PutSecretValue, secretsmanager:TagResource, "+
				"secretsmanager:DeleteSecret",
			"granted: secretsmanager:DescribeSecret, secretsmanager:GetSecretValue")
		empty(t)
	})
	t.Run("unannounced", func(t *testing.T) {
		report := runChecks(t, withStore(inAWS(good), at), check.Options{Unannounced: true}, good.Secret)
		checktest.Expect(t, report, "secrets.permissions", check.Skipped, "no test secret is created yet",
			"secretsmanager:CreateSecret")
		empty(t)
	})
	for _, action := range awsActions {
		t.Run("without "+action, func(t *testing.T) {
			key := cloud.User(t, "no-"+action, awsPolicy(action))
			report := runChecks(t, withStore(inAWS(key), at), check.Options{}, key.Secret)
			result := checktest.Expect(t, report, "secrets.permissions", check.Failed,
				"lacks the permissions secretsmanager:"+action, "aws iam put-user-policy --user-name no-"+action,
				"arn:aws:secretsmanager:us-east-1:123456789012:secret:zenml/*")
			summary, _, _ := strings.Cut(result.Message, "\n")
			if n := strings.Count(summary, "secretsmanager:"); n != 1 {
				t.Errorf("%d rights are named: %s", n, result.Message)
			}
			if action != "DeleteSecret" {
				empty(t)
				return
			}
			left := cloud.Secrets(t)
			if len(left) != 1 || !strings.Contains(result.Message, "the test secret "+left[0]) ||
				!strings.Contains(result.Remedy, "--secret-id "+left[0]) {
				t.Errorf("left behind: %v\n%s", left, result.Message)
			}
			cloud.Remove(t, left[0])
		})
		if action == "DescribeSecret" || action == "GetSecretValue" {
			t.Run("read-only without "+action, func(t *testing.T) {
				key := cloud.User(t, "ro-"+action, awsPolicy(action))
				report := runChecks(t, withStore(inAWS(key), at), check.Options{ReadOnly: true}, key.Secret)
				checktest.Expect(t, report, "secrets.permissions", check.Failed,
					"lacks the permissions secretsmanager:"+action+"; not tested: secretsmanager:CreateSecret")
				empty(t)
			})
		}
	}
}

func TestAWS_credentials(t *testing.T) {
	t.Parallel()
	cloud := peers.StartAWS(t)
	at := map[string]string{"AWS_ENDPOINT_URL": cloud.URL}
	good := cloud.User(t, "zenml", awsPolicy("", "sts:*"))
	unable := cloud.User(t, "unable", awsPolicy(""))
	role := cloud.Role(t, "keeper", "zenml", awsPolicy(""))
	for name, c := range map[string]struct {
		store  answers.SecretsStore
		status check.Status
		say    []string
	}{
		"unknown key": {
			inAWS(peers.Key{ID: "AKIAIOSFODNN7EXAMPLE", Secret: checktest.Canary}), check.Failed,
			[]string{"does not know the access key AKIAIOSFODNN7EXAMPLE"},
		},
		"wrong secret": {
			inAWS(peers.Key{ID: good.ID, Secret: checktest.Canary}), check.Failed,
			[]string{"does not match the access key " + good.ID},
		},
		"temporary key": {
			inAWS(peers.Key{ID: "ASIAIOSFODNN7EXAMPLE", Secret: checktest.Canary}), check.Failed,
			[]string{"needs its session token"},
		},
		"wrong token": {inAWS(peers.Key{ID: "ASIAIOSFODNN7EXAMPLE", Secret: checktest.Canary}, func(s *answers.AWSStore) {
			s.AuthMethod, s.SessionToken = answers.AWSSTSToken, checktest.Plain("t"+checktest.Canary)
		}), check.Failed, []string{"does not know the access key"}},
		"role": {
			inAWS(good, func(s *answers.AWSStore) { s.AuthMethod, s.RoleARN = answers.AWSIAMRole, role }), check.Pass,
			[]string{"assumed-role/keeper/zenml-preflight"},
		},
		"forbidden role": {
			inAWS(unable, func(s *answers.AWSStore) { s.AuthMethod, s.RoleARN = answers.AWSIAMRole, role }),
			check.Failed, []string{"cannot assume the role " + role, "trust policy"},
		},
		"forbidden tokens": {
			inAWS(unable, func(s *answers.AWSStore) { s.AuthMethod = answers.AWSSessionToken }), check.Failed,
			[]string{"sts:GetSessionToken"},
		},
		"federation": {
			inAWS(unable, func(s *answers.AWSStore) { s.AuthMethod = answers.AWSFederationToken }), check.Failed,
			[]string{"sts:GetFederationToken"},
		},
		// Access keys are unknown in other partitions.
		"partition": {
			inAWS(good, func(s *answers.AWSStore) { s.Region = "cn-north-1" }), check.Failed,
			[]string{"only work in their own regions"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			checktest.Expect(
				t,
				runChecks(t, withStore(c.store, at), check.Options{}, good.Secret, unable.Secret),
				"secrets.credentials",
				c.status,
				c.say...)
		})
	}
	t.Run("region", func(t *testing.T) {
		e := withStore(inAWS(good, func(s *answers.AWSStore) { s.Region = "us-east-7" }), nil)
		e.Resolver = checktest.Resolver(t, nil)
		checktest.Expect(t, runChecks(t, e, check.Options{}, good.Secret), "secrets.credentials", check.Warned,
			"cannot resolve sts.us-east-7.amazonaws.com", "check that the region us-east-7 exists")
	})
	t.Run("backup", func(t *testing.T) {
		e := withStore(inAWS(good), at, func(a *answers.Answers) { a.BackupSecretsStore = inAWS(unable) })
		report := runChecks(t, e, check.Options{}, good.Secret, unable.Secret)
		checktest.Expect(t, report, "secrets.credentials", check.Warned,
			"backupSecretsStore is the same store as secretsStore: account 123456789012, us-east-1")
		checktest.Expect(t, report, "secrets.permissions", check.Pass, "backupSecretsStore: 6 permissions")
	})
}

// simulation is an example from IAM's API reference: moto does not implement
// the call.
func simulation(decisions map[string]string) string {
	var results strings.Builder
	for action, decision := range decisions {
		fmt.Fprintf(&results,
			"<member><EvalActionName>secretsmanager:%s</EvalActionName><EvalDecision>%s</EvalDecision></member>",
			action, decision)
	}
	return `<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><SimulatePrincipalPolicyResult><EvaluationResults>` +
		results.String() + `</EvaluationResults></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>`
}

func TestAWS_simulation(t *testing.T) {
	t.Parallel()
	cloud := peers.StartAWS(t)
	good := cloud.User(t, "zenml", awsPolicy(""))
	decisions := map[string]string{}
	for _, a := range awsActions {
		decisions[a] = "allowed"
	}
	var asked url.Values
	iam := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		checktest.Must(t, r.ParseForm())
		asked = r.Form
		_, _ = w.Write([]byte(simulation(decisions)))
	}))
	t.Cleanup(iam.Close)
	at := map[string]string{"AWS_ENDPOINT_URL": cloud.URL, "AWS_ENDPOINT_URL_IAM": iam.URL}
	report := runChecks(t, withStore(inAWS(good), at), check.Options{ReadOnly: true}, good.Secret)
	checktest.Expect(t, report, "secrets.permissions", check.Pass, "6 permissions, simulated by IAM")
	if asked.Get("PolicySourceArn") != "arn:aws:iam::123456789012:user/zenml" ||
		!strings.HasPrefix(
			asked.Get("ResourceArns.member.1"),
			"arn:aws:secretsmanager:us-east-1:123456789012:secret:zenml/preflight-",
		) {
		t.Errorf("asked for %v", asked)
	}
	decisions["TagResource"], decisions["DeleteSecret"] = "implicitDeny", "explicitDeny"
	report = runChecks(t, withStore(inAWS(good), at), check.Options{ReadOnly: true}, good.Secret)
	checktest.Expect(t, report, "secrets.permissions", check.Failed,
		"lacks the permissions secretsmanager:TagResource, secretsmanager:DeleteSecret (explicit deny)")
	if left := cloud.Secrets(t); len(left) > 0 {
		t.Errorf("read-only checks wrote: %v", left)
	}
}

func TestAWS_interruptedRun(t *testing.T) {
	t.Parallel()
	cloud := peers.StartAWS(t)
	key := cloud.User(t, "zenml", awsPolicy(""))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	reached := false
	between := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".DescribeSecret") {
			reached = len(cloud.Secrets(t)) == 1
			_, _ = io.Copy(io.Discard, r.Body) // only then does the server see the end of the connection
			cancel()
			<-r.Context().Done()
			return
		}
		forward(t, w, r, cloud.URL, func(out *http.Request) { out.Host = r.Host })
	}))
	t.Cleanup(between.Close)
	e := withStore(inAWS(key, func(s *answers.AWSStore) { s.EndpointURL = between.URL }),
		map[string]string{"AWS_ENDPOINT_URL": cloud.URL})
	report, err := check.Run(ctx, Checks, e, check.Options{Only: []string{"secrets.permissions"}}, nil)
	if !errors.Is(err, context.Canceled) || !reached {
		t.Fatalf("%v; the secret was there: %v", err, reached)
	}
	checktest.Expect(t, report, "secrets.permissions", check.Skipped, "interrupted")
	if left := cloud.Secrets(t); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestAWS_denials uses moto, except for one call that fails with a denial
// message from AWS's documentation.
func TestAWS_denials(t *testing.T) {
	t.Parallel()
	cloud := peers.StartAWS(t)
	key := cloud.User(t, "zenml", awsPolicy(""))
	const user = "User: arn:aws:iam::123456789012:user/zenml is not authorized to perform: secretsmanager:CreateSecret "
	for name, c := range map[string]struct {
		code, message string
		say           []string
	}{
		"KMS": {"AccessDeniedException", "Access to KMS is not allowed",
			[]string{"is denied secretsmanager:CreateSecret (KMS)", "reports: Access to KMS is not allowed",
				"kms:GenerateDataKey"}},
		"service control policy": {"AccessDeniedException", user + "with an explicit deny in a service control policy",
			[]string{"is denied secretsmanager:CreateSecret (service control policy)",
				"--target-id 123456789012 --filter SERVICE_CONTROL_POLICY"}},
		"resource control policy": {"AccessDeniedException",
			user + "with an explicit deny in a resource control policy",
			[]string{"--filter RESOURCE_CONTROL_POLICY"}},
		"permissions boundary": {"AccessDeniedException", user + "because no permissions boundary allows the action",
			[]string{"in the permissions boundary of arn:aws:iam::123456789012:user/zenml"}},
		"explicit deny": {"AccessDeniedException", user + "with an explicit deny in an identity-based policy",
			[]string{"remove the statement that denies secretsmanager:CreateSecret"}},
		"no statement": {"AccessDeniedException", user + "because no identity-based policy allows the action",
			[]string{"lacks the permissions secretsmanager:CreateSecret", "because no identity-based policy",
				"put-user-policy"}},
		"tag policy": {"InvalidRequestException", "The tag policy does not allow the specified value for tag key zenml",
			[]string{"a tag policy of the AWS organization", "does not allow the specified value", "TAG_POLICY"}},
	} {
		t.Run(name, func(t *testing.T) {
			between := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".CreateSecret") {
					w.Header().Set("Content-Type", "application/x-amz-json-1.1")
					w.WriteHeader(http.StatusBadRequest)
					_, _ = fmt.Fprintf(w, `{"__type":%q,"Message":%q}`, c.code, c.message)
					return
				}
				forward(t, w, r, cloud.URL, func(out *http.Request) { out.Host = r.Host })
			}))
			t.Cleanup(between.Close)
			e := withStore(inAWS(key, func(s *answers.AWSStore) { s.EndpointURL = between.URL }),
				map[string]string{"AWS_ENDPOINT_URL": cloud.URL})
			report := runChecks(t, e, check.Options{}, key.Secret)
			result := checktest.Expect(t, report, "secrets.permissions", check.Failed, c.say...)
			if name != "no statement" && strings.Contains(result.Remedy, "put-user-policy") {
				t.Errorf("the policy of the user cannot help: %s", result.Remedy)
			}
		})
	}
}

// TestAWS_denialOfAll denies every action for one reason, whose remedy is shown once.
func TestAWS_denialOfAll(t *testing.T) {
	t.Parallel()
	cloud := peers.StartAWS(t)
	key := cloud.User(t, "zenml", awsPolicy(""))
	between := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprint(w, `{"__type":"AccessDeniedException","Message":"explicit deny in a service control policy"}`)
	}))
	t.Cleanup(between.Close)
	e := withStore(inAWS(key, func(s *answers.AWSStore) { s.EndpointURL = between.URL }),
		map[string]string{"AWS_ENDPOINT_URL": cloud.URL})
	result := checktest.Expect(t, runChecks(t, e, check.Options{}, key.Secret), "secrets.permissions", check.Failed,
		"secretsmanager:DeleteSecret (service control policy)")
	if n := strings.Count(result.Remedy, "the administrator of the AWS organization"); n != 1 {
		t.Errorf("the remedy is shown %d times:\n%s", n, result.Remedy)
	}
}

func TestAWS_lineBreak(t *testing.T) {
	t.Parallel()
	cloud := peers.StartAWS(t)
	key := cloud.User(t, "zenml", awsPolicy(""))
	for end, say := range map[string]string{"\n": `a line break (\n)`, "\r\n": `a Windows line break (\r\n)`} {
		store := inAWS(key, func(s *answers.AWSStore) { s.SecretAccessKey = checktest.Plain(key.Secret + end) })
		report := runChecks(
			t,
			withStore(store, map[string]string{"AWS_ENDPOINT_URL": cloud.URL}),
			check.Options{},
			key.Secret,
		)
		checktest.Expect(t, report, "secrets.credentials", check.Failed,
			"secretsStore.aws.secretAccessKey ends in "+say, "printf %s")
	}
}

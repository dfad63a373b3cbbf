package secrets

import (
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/peers"
)

func TestPolicies_AWS(t *testing.T) {
	for region, arn := range map[string]string{
		"us-east-1": "arn:aws:secretsmanager:us-east-1:*:secret:zenml/*", "cn-north-1": "arn:aws-cn:secretsmanager:cn-north-1:*:secret:zenml/*",
		"us-gov-west-1": "arn:aws-us-gov:secretsmanager:us-gov-west-1:*:secret:zenml/*",
	} {
		policies, err := Policies(
			withStore(inAWS(peers.Key{}, func(s *answers.AWSStore) { s.Region = region }), nil).Answers)
		checktest.Must(t, err)
		if len(policies) != 1 || policies[0].Name != "zenml-secrets-aws.json" ||
			!strings.Contains(string(policies[0].Content), arn) {
			t.Errorf("%s: %+v", region, policies)
		}
		for _, action := range awsActions {
			if !strings.Contains(string(policies[0].Content), `"secretsmanager:`+action+`"`) {
				t.Errorf("%s is missing", action)
			}
		}
	}
}

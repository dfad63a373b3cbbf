package aws

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/zenml-installer/zenml-installer/checks/secrets/stores"
)

// iamEndpoints are the endpoints of IAM in each partition and the region for which
// their requests are signed.
var iamEndpoints = map[string]struct{ url, region string }{
	"aws":        {"https://iam.amazonaws.com/", "us-east-1"},
	"aws-cn":     {"https://iam.cn-north-1.amazonaws.com.cn/", "cn-north-1"},
	"aws-us-gov": {"https://iam.us-gov.amazonaws.com/", "us-gov-west-1"},
}

// simulation is IAM's response to SimulatePrincipalPolicy.
type simulation struct {
	Results []struct {
		Action   string `xml:"EvalActionName"`
		Decision string `xml:"EvalDecision"`
	} `xml:"SimulatePrincipalPolicyResult>EvaluationResults>member"`
}

// simulate asks IAM what the caller's policies allow. It needs
// iam:SimulatePrincipalPolicy, which few users have. It does not use the SDK, whose IAM
// package would add 6.6 MB to the program.
func (s *Store) simulate(ctx context.Context) ([]stores.Right, error) {
	form := url.Values{
		"Action":                {"SimulatePrincipalPolicy"},
		"Version":               {"2010-05-08"},
		"PolicySourceArn":       {principal(s.arn)},
		"ResourceArns.member.1": {s.absentARN()},
	}
	for i, action := range actions {
		form.Set(fmt.Sprintf("ActionNames.member.%d", i+1), action)
	}
	var answer simulation
	if err := s.query(ctx, form, &answer); err != nil {
		return nil, err
	}
	decisions := map[string]string{}
	for _, result := range answer.Results {
		decisions[result.Action] = result.Decision
	}
	var list []stores.Right
	for _, action := range actions {
		right := stores.Right{Name: action}
		switch decisions[action] {
		case "allowed":
			right.State = stores.Granted
		case "explicitDeny":
			right.State, right.Note = stores.Denied, "(explicit deny)"
			right.Remedy = denials[len(denials)-1].remedy(s, action)
		case "implicitDeny":
			right.State = stores.Denied
		}
		list = append(list, right)
	}
	return list, nil
}

// query makes a signed request to IAM's query API.
func (s *Store) query(ctx context.Context, form url.Values, into any) error {
	home, ok := iamEndpoints[Partition(s.config.Region)]
	if !ok {
		return fmt.Errorf("the IAM endpoint of region %s is unknown", s.config.Region)
	}
	if own := s.endpoint("IAM"); own != nil {
		home.url = *own
	}
	body := form.Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, home.url, strings.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	key, err := s.aws.Credentials.Retrieve(ctx)
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(body))
	if err := v4.NewSigner().SignHTTP(
		ctx,
		key,
		request,
		hex.EncodeToString(sum[:]),
		"iam",
		home.region,
		s.machine.Now(),
	); err != nil {
		return err
	}
	response, err := s.machine.HTTP.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("IAM returned HTTP %d", response.StatusCode)
	}
	return xml.NewDecoder(io.LimitReader(response.Body, maxBody)).Decode(into)
}

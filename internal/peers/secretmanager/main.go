// Command secretmanager serves Google's Secret Manager over gRPC, which the ZenML server speaks, and forwards each call
// to a server of its REST API. It is a separate module, so that the installer does not get its dependencies.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"

	pb "cloud.google.com/go/secretmanager/apiv1/secretmanagerpb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/emptypb"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "address to serve gRPC at, without TLS")
	rest := flag.String("rest", "", "URL of the server of the REST API")
	flag.Parse()
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer()
	pb.RegisterSecretManagerServiceServer(server, &gateway{rest: *rest})
	log.Fatal(server.Serve(listener))
}

// gateway forwards calls to the REST API, by the paths of its reference.
type gateway struct {
	pb.UnimplementedSecretManagerServiceServer

	rest string
}

// CreateSecret creates a secret without a version.
func (g *gateway) CreateSecret(ctx context.Context, r *pb.CreateSecretRequest) (*pb.Secret, error) {
	path := r.GetParent() + "/secrets?secretId=" + url.QueryEscape(r.GetSecretId())
	return call(ctx, g, http.MethodPost, path, r.GetSecret(), &pb.Secret{})
}

// GetSecret returns a secret without its content.
func (g *gateway) GetSecret(ctx context.Context, r *pb.GetSecretRequest) (*pb.Secret, error) {
	return call(ctx, g, http.MethodGet, r.GetName(), nil, &pb.Secret{})
}

// UpdateSecret changes the labels of a secret.
func (g *gateway) UpdateSecret(ctx context.Context, r *pb.UpdateSecretRequest) (*pb.Secret, error) {
	path := r.GetSecret().GetName() + "?updateMask=labels"
	return call(ctx, g, http.MethodPatch, path, r.GetSecret(), &pb.Secret{})
}

// DeleteSecret deletes a secret with its versions.
func (g *gateway) DeleteSecret(ctx context.Context, r *pb.DeleteSecretRequest) (*emptypb.Empty, error) {
	return call(ctx, g, http.MethodDelete, r.GetName(), nil, &emptypb.Empty{})
}

// AddSecretVersion adds content.
func (g *gateway) AddSecretVersion(ctx context.Context, r *pb.AddSecretVersionRequest) (*pb.SecretVersion, error) {
	request := &pb.AddSecretVersionRequest{Payload: r.GetPayload()}
	return call(ctx, g, http.MethodPost, r.GetParent()+":addVersion", request, &pb.SecretVersion{})
}

// AccessSecretVersion returns content.
func (g *gateway) AccessSecretVersion(
	ctx context.Context,
	r *pb.AccessSecretVersionRequest,
) (*pb.AccessSecretVersionResponse, error) {
	return call(ctx, g, http.MethodGet, r.GetName()+":access", nil, &pb.AccessSecretVersionResponse{})
}

// call sends one request with the token of the caller, and reads the answer into result.
func call[T proto.Message](ctx context.Context, g *gateway, method, path string, body proto.Message, result T) (T, error) {
	var none T
	var content []byte
	if body != nil {
		var err error
		if content, err = protojson.Marshal(body); err != nil {
			return none, err
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, g.rest+"/v1/"+path, bytes.NewReader(content))
	if err != nil {
		return none, err
	}
	request.Host = "secretmanager.googleapis.com"
	for _, token := range metadata.ValueFromIncomingContext(ctx, "authorization") {
		request.Header.Set("Authorization", token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return none, err
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return none, err
	}
	if response.StatusCode != http.StatusOK {
		return none, statusOf(answer)
	}
	return result, protojson.UnmarshalOptions{DiscardUnknown: true}.Unmarshal(answer, result)
}

// statusOf is the status in an error of the REST API.
func statusOf(answer []byte) error {
	var failed struct {
		Error struct{ Status, Message string }
	}
	_ = json.Unmarshal(answer, &failed)
	var code codes.Code
	if code.UnmarshalJSON([]byte(`"`+failed.Error.Status+`"`)) != nil {
		code = codes.Unknown
	}
	return status.Error(code, failed.Error.Message)
}

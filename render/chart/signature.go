package chart

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/ProtonMail/go-crypto/openpgp"
	pgperrors "github.com/ProtonMail/go-crypto/openpgp/errors"
	"helm.sh/helm/v3/pkg/provenance"

	"github.com/zenml-installer/zenml-installer/internal/bounded"
	"github.com/zenml-installer/zenml-installer/internal/display"
)

// Verification selects how the signature of a chart is verified. The zero value
// verifies nothing.
type Verification struct {
	Keyring   string // file with the OpenPGP keys that may sign the provenance file
	CosignKey string // file with the public key of the cosign signature in an OCI registry
}

const (
	maxKeys      = 8 << 20 // bytes of a file with keys
	maxSignature = 1 << 20 // bytes of a provenance file, or of what cosign signs
)

const unsignedRemedy = "use a chart that is signed, or remove --verify"

// unsigned is a chart without what its signature would be in.
func (s Source) unsigned(format string, args ...any) error {
	return &SourceError{Ref: s.redactedRef(), Reason: ReasonUnsigned, Err: fmt.Errorf(format, args...),
		Remedy: unsignedRemedy}
}

// signatureFault is a chart whose signature is not valid.
func (s Source) signatureFault(reason Reason, err error) error {
	return &SourceError{Ref: s.redactedRef(), Reason: reason, Err: err,
		Remedy: "do not install it unless its owner confirms the change of the chart or the key"}
}

// keyFault is a file with keys that cannot be used.
func (s Source) keyFault(path string, err error, remedy string) error {
	var file *os.PathError
	if errors.As(err, &file) {
		err = file.Err
	}
	return &SourceError{Ref: s.redactedRef(), Reason: ReasonKeys, Err: fmt.Errorf("%s: %w", path, err), Remedy: remedy}
}

// archive is a chart archive with the content of its provenance file.
type archive struct {
	name       string // of the file, which the provenance file names
	data       []byte
	provenance func() ([]byte, error)
}

// verifyArchive verifies the provenance file of an archive, if the source asks for it.
// It returns who signed the archive.
func (s Source) verifyArchive(ctx context.Context, a archive) (string, error) {
	switch {
	case s.Verify.CosignKey != "" && s.kind() != sourceOCI:
		return "", s.unsigned("only a chart in an OCI registry has a cosign signature, and --verify-key is set")
	case s.Verify.Keyring == "":
		return "", nil
	}
	keys, err := s.readKeyring(ctx)
	if err != nil {
		return "", err
	}
	signature, err := a.provenance()
	if err != nil {
		return "", err
	}
	found, err := a.verify(keys, signature)
	switch {
	case errors.Is(err, pgperrors.ErrUnknownIssuer):
		return "", s.signatureFault(ReasonOtherKey, fmt.Errorf("no key in %s made the signature", s.Verify.Keyring))
	case err != nil:
		return "", s.signatureFault(ReasonSignature, err)
	}
	return describeSigner(found.SignedBy), nil
}

// readKeyring reads a keyring, binary as of gpg --export, or armored.
func (s Source) readKeyring(ctx context.Context) (openpgp.EntityList, error) {
	const remedy = "export the signer's public key with gpg --export KEY >keys.gpg, and add --keyring keys.gpg"
	data, err := bounded.ReadFile(ctx, s.Verify.Keyring, maxKeys)
	if err != nil {
		return nil, s.keyFault(s.Verify.Keyring, err, remedy)
	}
	read := openpgp.ReadKeyRing
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("-----BEGIN PGP")) {
		read = openpgp.ReadArmoredKeyRing
	}
	keys, err := read(bytes.NewReader(data))
	if err == nil && len(keys) == 0 {
		err = errors.New("it contains no keys")
	}
	if err != nil {
		return nil, s.keyFault(s.Verify.Keyring, err, remedy)
	}
	return keys, nil
}

// verify hands Helm the files that it needs.
func (a archive) verify(keys openpgp.EntityList, signature []byte) (*provenance.Verification, error) {
	dir, err := os.MkdirTemp("", "chart-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, filepath.Base(a.name))
	if err := os.WriteFile(path, a.data, 0o600); err != nil {
		return nil, err
	}
	if err := os.WriteFile(path+".prov", signature, 0o600); err != nil {
		return nil, err
	}
	return (&provenance.Signatory{KeyRing: keys}).Verify(path, path+".prov")
}

// describeSigner names a key and, as the key does, its owner.
func describeSigner(key *openpgp.Entity) string {
	text := fmt.Sprintf("OpenPGP key %X", key.PrimaryKey.Fingerprint)
	if owner := key.PrimaryIdentity(); owner != nil {
		text += " of " + strings.Join(strings.Fields(display.Printable(owner.Name)), " ")
	}
	return text
}

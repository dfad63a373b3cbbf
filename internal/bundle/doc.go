// Package bundle carries an install into a network without internet access: it fetches
// charts and images into a folder, verifies the folder, and pushes the images to another
// registry.
package bundle

# {{repository}}: written by `cargo xtask dist` for version {{version}}.
class WhapiExport < Formula
  desc "Export the contacts of a WhatsApp channel on Whapi"
  homepage "{{repository}}"
  version "{{version}}"
  license any_of: ["MIT", "Apache-2.0"]

  on_macos do
    on_arm do
      url "{{url:aarch64-apple-darwin}}"
      sha256 "{{sha256:aarch64-apple-darwin}}"
    end
    on_intel do
      url "{{url:x86_64-apple-darwin}}"
      sha256 "{{sha256:x86_64-apple-darwin}}"
    end
  end

  on_linux do
    on_arm do
      url "{{url:aarch64-unknown-linux-musl}}"
      sha256 "{{sha256:aarch64-unknown-linux-musl}}"
    end
    on_intel do
      url "{{url:x86_64-unknown-linux-musl}}"
      sha256 "{{sha256:x86_64-unknown-linux-musl}}"
    end
  end

  def install
    bin.install "whapi"
    man1.install Dir["man/*.1"]
    bash_completion.install "completions/whapi.bash" => "whapi"
    fish_completion.install "completions/whapi.fish"
    zsh_completion.install "completions/_whapi"
  end

  test do
    system bin/"whapi", "export", "--format", "vcard", "--demo"
    assert_equal 1317, (testpath/"contacts.vcf").read.scan("BEGIN:VCARD").count
  end
end

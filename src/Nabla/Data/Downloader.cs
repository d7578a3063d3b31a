using System.Security.Cryptography;
using Nabla.Storage;

namespace Nabla.Data;

/// <summary>Downloads published images into a folder. A file appears under its name only when it is complete and its
/// checksum is right, so a download that was stopped continues with the first missing file.</summary>
internal sealed class Downloader(PublishedImages data, string folder, DataOptions options)
{
    private const int LargestFile = 64 << 20;           // published files have up to 26 MB; a server may send anything

    /// <summary>Downloads the files that are missing.</summary>
    /// <exception cref="IOException">No mirror has a file, or the folder cannot be written.</exception>
    public async Task FetchAsync(CancellationToken cancellation)
    {
        using var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };   // each request has its own limit
        foreach (var (file, checksum) in ImageFolder.FileNames.Zip(data.Sha256))
        {
            var path = Path.Combine(folder, file);
            if (File.Exists(path)
                && Checksum(await File.ReadAllBytesAsync(path, cancellation).ConfigureAwait(false)) == checksum)
                continue;
            Save(path, await FetchAsync(client, file, checksum, cancellation).ConfigureAwait(false));
        }
    }

    private async Task<byte[]> FetchAsync(
        HttpClient client, string file, string checksum, CancellationToken cancellation)
    {
        var reasons = new List<string>();
        foreach (var mirror in data.Mirrors)
        {
            try
            {
                var content = await ReceiveAsync(client, new(mirror, file), cancellation).ConfigureAwait(false);
                var found = Checksum(content);
                if (found == checksum)
                    return content;
                reasons.Add($"{mirror}: the checksum is wrong: SHA-256 {found}, expected {checksum}");
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
            {
                cancellation.ThrowIfCancellationRequested();
                var reason = e is OperationCanceledException
                    ? $"nothing came for {options.RequestTimeout.TotalSeconds} s"
                    : e.Message;
                reasons.Add($"{mirror}: {reason}");
            }
        }
        throw new IOException(
            $"{data.Title} could not be downloaded, because no mirror gave {file}.\n  {string.Join("\n  ", reasons)}\n"
            + $"Put {string.Join(", ", ImageFolder.FileNames)} by hand into {folder}, "
            + "or into a folder that --data or NABLA_DATA names.");
    }

    private async Task<byte[]> ReceiveAsync(HttpClient client, Uri address, CancellationToken cancellation)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(options.RequestTimeout);
        using var response = await client
            .GetAsync(address, HttpCompletionOption.ResponseHeadersRead, timeout.Token)
            .ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
        using var body = await response.Content.ReadAsStreamAsync(timeout.Token).ConfigureAwait(false);
        using var content = new MemoryStream();
        var buffer = new byte[80 << 10];
        for (int count; (count = await body.ReadAsync(buffer, timeout.Token).ConfigureAwait(false)) > 0;)
        {
            content.Write(buffer, 0, count);
            if (content.Length > LargestFile)
                throw new IOException($"it sends more than {LargestFile} bytes");
            options.Progress?.Report(
                (Path.GetFileName(address.LocalPath), content.Length, response.Content.Headers.ContentLength));
            timeout.CancelAfter(options.RequestTimeout);
        }
        return content.ToArray();
    }

    private void Save(string path, byte[] content)
    {
        try
        {
            DiskFolder.Create(folder);
            AtomicFile.Write(path, stream => stream.Write(content));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"{folder} cannot be written to. {e.Message} "
                + "Free the folder, or put the files into another one and name it with --data or NABLA_DATA.",
                e);
        }
    }

    private static string Checksum(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));
}

namespace Nabla.Data;

/// <summary>How <see cref="DataSource.Open"/> finds data by its name.</summary>
public sealed record DataOptions
{
    /// <summary>The folder to search first: it holds the files,
    /// or a subfolder named after the data that holds them.</summary>
    public string? Folder { get; init; }

    /// <summary>Whether data that is not found on this machine may be downloaded.</summary>
    public bool Download { get; init; } = true;

    /// <summary>
    /// Receives the progress of each download, after every piece of about 80 kB: the name of the file, the number of
    /// bytes received, and the length of the file, or null if the server does not say.
    /// </summary>
    public IProgress<(string File, long Received, long? Length)>? Progress { get; init; }

    /// <summary>How long to wait for a server's response, and then for each further piece of a file,
    /// before the next mirror is tried.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The data sets that have a name. Tests replace them by ones on their own server.</summary>
    internal IReadOnlyList<PublishedImages> Published { get; init; } = PublishedImages.All;

    /// <summary>Reads an environment variable. Tests replace it by their own.</summary>
    internal Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;
}

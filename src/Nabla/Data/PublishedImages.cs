namespace Nabla.Data;

/// <summary>Images that are published under a name, in four IDX files.</summary>
/// <param name="Name">The name that users type.</param>
/// <param name="Title">The name that their authors gave them.</param>
/// <param name="Classes">The names of the classes, label 0 first.</param>
/// <param name="FirstTestLabels">The first test labels: they tell apart data sets with the same file names.</param>
/// <param name="Mirrors">Where they are published, with a slash at the end.</param>
/// <param name="Sha256">The SHA-256 checksum of each file of <see cref="ImageFolder.FileNames"/>, in hexadecimal.
/// Some mirrors have no TLS, so only the checksum vouches for the data. (Fashion-MNIST's authors state MD5 sums,
/// which can be forged.)</param>
internal sealed record PublishedImages(
    string Name, string Title, string[] Classes, byte[] FirstTestLabels, Uri[] Mirrors, string[] Sha256)
{
    /// <summary>All data sets that have a name.</summary>
    public static IReadOnlyList<PublishedImages> All { get; } =
    [
        new("mnist", "MNIST", ImageFolder.TenDigits, [7, 2, 1, 0, 4, 1, 4, 9, 5, 9],
            [
                new("https://ossci-datasets.s3.amazonaws.com/mnist/"),
                new("https://storage.googleapis.com/cvdf-datasets/mnist/"),
            ],
            [
                "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
                "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
                "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
                "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
            ]),
        new("fashion-mnist", "Fashion-MNIST",
            ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"],
            [9, 2, 1, 1, 6, 1, 4, 6, 5, 7],
            [
                new("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"),
                new("https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/"),
            ],
            [
                "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
                "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
                "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
                "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
            ]),
    ];

    /// <summary>Whether test data begins with the labels of this data set.</summary>
    public bool Begins(Dataset test) =>
        test.Count >= FirstTestLabels.Length
        && FirstTestLabels.Index().All(label => test.Label(label.Index) == label.Item);
}

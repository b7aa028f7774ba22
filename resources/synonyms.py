"""Words that people use for one thing, within and across our languages. Reviewed by hand.

Written as people write them; search compares skeletons (shared/folding.py), so scripts, marks and
look-alike letters need no lines of their own. `*` stands for any ending, `_` joins words of a
phrase. Change a line, then run `manage reindex`: what a text is about is noted when it is indexed.
"""

CONCEPTS = {
    # Pay for work
    "wage": """
        деньг*_за_работ* плат*_за_работ* mehnat_haq* money_for_work зарплат* заработн*
        заработок заработк* оклад* получк* зп жалақы* еңбекақы* еңбек_ақы* айлық* айлығ*
        айлык* айлыг* эмгек_акы* эмгекакы* oylik* oylig* ish_haq* maosh* маяна* моян* музд*
        wage* salar* earning*
    """,
    "pay": """
        плат* заплат* выплат* невыплат* уплат* оплат* рассчита* расчёт төле* toʻla* төлө*
        пардохт* бермаяп* bermayap* bermad* бермей* бербе* намедиҳ* надод* не_отда*_деньг*
        не_дают не_дали не_дал не_дает кинул*_на_деньг* pay paid payed unpaid paying
        payment* nonpayment*
    """,
    "debt": "долг* задолж* невыплат* qarz* қарыз* карыз* қарз* debt* owe owes owed owing unpaid",
    "money": """
        деньг* денег деньгами pul pulim* pulni pulimni puli ақша* акча* пулро пулам money
        cash
    """,
    "tax": "налог* подоходн* салық* soliq* салык* андоз* tax taxes",
    "fine": "штраф* айыппұл* jarima* айып* ҷарима* fine fines penalt*",
    # Papers
    "passport": "паспорт* загранпаспорт* төлқұжат* шиноснома* passport*",
    "document": """
        документ* бумаг* құжат* hujjat* ҳуҷҷат* кагаз* қоғоз* қағаз* document* paper papers
    """,
    "lost": """
        потер* утер* утрат* утрач* пропал* жоғал* yoʻqot* yoʻqol* жогот* жогол* гум lost
        lose losing missing
    """,
    "taken": """
        забра* забира* отобра* отбира* отнял* изъял* не_отда* не_возвращ* украл* украд*
        тартып* tortib* olib_qoʻy* olib_ol* алып_қой* алып_ал* алып_кой* кашида гирифта*
        гирифт taken took seize* confiscat* keeps kept stole* withhold* steal*
    """,
    "certificate": """
        свидетельств* метрик* загс* куәлік* куәліг* guvohnoma* күбөлүк* күбөлүг* шаҳодат*
        certificat* sertificat*
    """,
    "contract": """
        договор* контракт* келісімшарт* shartnoma* келишим* қарордод* contract* agreement*
    """,
    "permit": "разреш* патент* рұқсат* уруксат* ruxsat* иҷозат* permit* permis* licen* лиценз*",
    "quota": "квот* kvota* quota*",
    # Being in the country
    "registration": """
        регистр* зарегистр* прописк* учёт постановк* тірке* roʻyxat* катто* каттал* қайд*
        бақайд* қайдшав* registr*
    """,
    "online": "онлайн* online* интернет* электронн* elektron*",
    "day": """
        день дня дней дни сутки сутк* күн күнд* күндер* күні күнү kun kunlar* kunni kuni рӯз
        рӯзҳо* рӯзи day days
    """,
    "term": "срок* мерзім* мөөнөт* muddat* мӯҳлат* term terms deadline* period*",
    "stay": """
        пребыван* прибыван* находит* находиться болу_мерзім* istiqomat* turish* бууд* жүрүү*
        туруу будубош* иқомат* stay*
    """,
    "overstay": "просроч* нарушил* нарушен* мерзімі_өт* muddati_oʻt* мөөнөтү_өт* overstay*",
    "count": """
        счита* счёт посчита* подсч* вычисл* есепте* санау hisobla* эсепте* ҳисоб* count*
        calculat*
    """,
    "removal": """
        выдвор* депорт* высыл* выгоня* выгна* chiqarib_yubor* chiqaril* шығарып_жібер*
        елден_шығар* чыгарып_жибер* өлкөдөн_чыгар* чыгаруу* ихроҷ* бадарға* deport* remov*
        expel* expul*
    """,
    "entry_ban": "запрет* тыйым* taqiq* тыюу* манъ* ban banned",
    "court": """
        суд суда суду судом суде судеб* судья* судьи сот сотқа соттың сотта соттун sudi
        sudning sudga court* judge* judgment*
    """,
    "appeal": "обжал* жалоб* апелляц* шағым* shikoyat* даттан* арыз* ariza* appeal* complain*",
    "police": "полиц* милиц* politsi* police*",
    "border": "границ* шекар* chegara* чек_ара* сарҳад* марз* border*",
    "consulate": "консул* посольств* елшілік* elchixona* элчилик* сафорат* consul* embass*",
    "flat": "жиль* квартир* пәтер* ижара* батир* иҷора* apartment* flat flats landlord* rent*",
    "confirm": "подтвержд* подтверд* раста* tasdiq* ыраста* confirm*",
    "new": "новый новая новое новые новых новой жаңа yangi* жаңы нав нави new",
    "rule": "правил* порядок порядк* ереже* тәртіп* qoida* tartib* эреже* тартиб* rule rules",
    # Health
    "doctor": """
        врач* доктор* больниц* поликлин* медиц* медпомощ* дәрігер* аурухана* емхана*
        shifokor* kasalxona* shifoxona* tibbiy* дарыгер* оорукана* бейтапкана* духтур*
        табиб* беморхона* дармонгоҳ* тиббӣ* doctor* hospital* clinic* medic* nurse*
    """,
    "urgent": """
        скорая скорую скорой срочн* неотложн* экстренн* шұғыл* жедел* tez_yordam*
        tez_tibbiy* тез_жардам* шашылыш* таъҷил* фаврӣ* emergenc* urgent* ambulance*
    """,
    "ill": """
        болезн* болен болею больна больной заболе* болит травм* лечен* лечит* ауру ауырып*
        ауырд* kasal kasallik* оору ооруп* бемор беморӣ ill illness* sick* disease* injur*
        treatment*
    """,
    "pregnancy": """
        беремен* роды родах родов рожать рожаю рожает рожаете жүкті* босан* homilador*
        ҳомила* tugʻruq* tugʻish* кош_бойлуу* боюнда_бар* боюмда_бар* төрөт* төрөйм* төрөш*
        зоиш* таваллуд_кардан pregnan* giving_birth give_birth childbirth maternity*
    """,
    "insurance": "страхов* сақтандыру* sugʻurta* камсыздандыр* суғурта* insur*",
    # Children
    "birth": """
        рожден* родил* рождён* новорожд* роддом* туу туылған* туған tugʻil* туулган*
        төрөлгөн* таваллуд* зода birth* born newborn*
    """,
    "child": """
        ребён* ребят* дети детей детям детьми детск* сын сына сыну сыном дочь дочка дочку
        дочери младен* бала балам* баланы* балалар* балаға* баласы* балдар* баланын bola
        bolam* bolani bolalar* bolaga bolasi* farzand* кӯдак* тифл* нәресте* наристе*
        chaqaloq* ымыркай* child* kid kids son daughter* baby babies
    """,
    "school": """
        школ* школьн* класс* мектеп* мектеб* maktab* sinf* оқушы* oʻquvchi* окуучу*
        толибилм* school* enrol* pupil*
    """,
    "study": """
        учит* учёб* учеба оқу оқыту oʻqish* oʻqiy* окуу* таҳсил* хондан* study* educat*
        learn*
    """,
    "kindergarten": """
        детсад* детск*_сад* балабақша* bogʻcha* бала_бакча* кӯдакистон* kindergarten*
    """,
    "refusal": """
        отказ* не_берут не_принима* не_хотят_брать бас_тарт* қабылдама* rad_et* qabul_qilma*
        qabul_qilish* баш_тарт* кабыл_алба* рад_кард* қабул_наме* refus* reject*
    """,
    # Danger
    "trafficking": """
        рабств* раб рабом рабы торговл* вербов* эксплуат* траффик* құлдық* құл адам_сауда*
        odam_savdo* qullik* qul адам_сатуу* адам_соода* кулчулук* ғулом* савдои_одамон*
        одамфурӯш* traffic* slave* exploit* forced_labo*
    """,
    "violence": """
        бьют бьет избива* угрож* насил* побои побоев ұрып* ұрады зорлық* қорқыт* uradi
        zoʻravon* qoʻrqit* коркут* урат зордук* мезанад* зӯровар* таҳдид* violen* beat*
        threat*
    """,
    "locked": """
        заперт* заперл* взаперти не_выпуска* не_отпуска* қамап* qamab* камап* зиндон* lock*
        confin*
    """,
    "suspicious": """
        подозрит* подозрен* сомнит* обман* мошен* аферист* кинули кинул күмән* күдік* алдады
        алдап* алдау* алаяқ* shubha* aldov* aldad* aldash* firib* шектүү* күмөн* алдаш*
        алдам* фиреб* қаллоб* suspicio* scam* fraud* cheat* fake* decei* trick*
    """,
    "shelter": "приют* убежищ* баспана* boshpana* паноҳгоҳ* shelter*",
    # Work
    "work": """
        работа работу работы работе работой работать работаю работает работаете работают
        работал* труд труда трудов* жұмыс* еңбек* ish ishi ishga ishlar* ishla* mehnat*
        жумуш* эмгек* иште* иштө* кор кори коргар* work* job jobs labour* labor* employment
    """,
    "employer": """
        работодат* хозя* начальник* босс* прораб* бригадир* директор* жұмыс_беруші* қожайын*
        иш_берүүчү* жумуш_берүүчү* ish_beruvchi* xoʻjayin* кожоюн* корфармо* соҳибкор*
        кордиҳанда* employer* boss* foreman*
    """,
    "household": """
        домашн* домохоз* домработ* нян* сиделк* уборщ* садовн* по_дому в_доме
        частн*_человек* частн*_лиц* физлиц* физическ*_лиц* үй_шаруа* үй_жұмыс* үйде
        үй_қызмет* жеке_адам* жеке_тұлға* uy_ish* uy_xizmat* xonadon* xususiy* үй_кызмат*
        үй_чарба* үй_ишт* үйдө жеке_киши* дар_хона барои_хона кори_хона хоҷагӣ* хонагӣ*
        household* domestic* housekeep* private_home* maid* nanny nannies gardener*
        private_person
    """,
    "advert": """
        объявл* обьявл* ваканс* реклам* хабарландыр* жарнама* eʼlon* жарыя* жарнак* advert*
        ad ads vacanc*
    """,
    "offer": "предлага* предложен* зовут приглаша* ұсын* taklif* сунуш* таклиф* пешниҳод* offer*",
    "abroad": "за_границ* заграниц* за_рубеж* шетел* chet_el* чет_өлк* хориҷ* abroad overseas",
    "departure": """
        отъезд* уезжа* уехать кетер* жолға_шық* joʻnash* кетүү* жөнөө* сафар* leaving
        departure
    """,
    "intermediary": """
        посредник* агент* делдал* vositachi* ортомчу* далдал* миёнарав* agent* middleman*
        recruit*
    """,
    # Who and where from
    "migrant": "мигрант* гастарб* көшіп_кел* көші_қон* muhojir* муҳоҷир* migrant*",
    "citizen": "граждан* азамат* fuqaro* жаран* шаҳрванд* citizen*",
    "kyrgyz": "киргиз* кыргыз* қырғыз* qirgʻiz* kyrgyz*",
    "uzbek": "узбек* өзбек* oʻzbek* ӯзбек* uzbek*",
    "tajik": "таджик* тәжік* тажик* tojik* тоҷик* tajik*",
    "eaeu": "еаэс еаэб евразийск* еуразия* еаэо yeoii eaeu eurasian* азэс",
    # Help and the library itself
    "lawyer": "юрист* адвокат* заңгер* yurist* advokat* ҳуқуқшинос* lawyer* attorney*",
    "rights": "права правах правам право құқы* huquq* haqlari* укук* укуг* rights right",
    "help": "помощ* помог* көмек* yordam* жардам* кӯмак* ёрӣ ёрии help* aid assist*",
    "free": "бесплатн* тегін* bepul* tekin* акысыз* бекер ройгон* free",
    "guide": """
        справочник* путеводит* памятк* анықтамалық* жадынама* maʼlumotnoma* qoʻllanma*
        маалымдама* колдонмо* роҳнамо* дастур* guide* handbook*
    """,
    "pocket": "карман* қалта* choʻntak* чөнтөк* кисаг* pocket*",
    "stand": "стенд* тақта* stend* лавҳа* такта* stand",
    "return": "вернут* вернус* домой қайту* qaytish* кайтуу* бозгашт* return*",
}

# Words that carry no meaning of their own in a question.
STOP = """
    а и в во на не но за к ко с со у о об от до из по что как где когда кто если ли мне меня мой
    моя мои моего мою моей мы я он она они их его её это этот эта эти то же для без бы был была
    было были есть нужно нужен нужна надо можно делать сделать куда почему чтобы нет так уже ещё
    еще какие какой какая какую про нас нам вас вам все всё или быть хочу получить қалай қайда
    кім қашан мен маған менің менде бен үшін егер керек істеу болады емес жоқ деген туралы және
    қандай бар жатыр алу беру qanday nima qayerda kim qachon men menga mening meni va uchun agar
    kerak qilish qilaman boʻladi emas yoʻq bilan haqida toʻgʻrisida nechta necha qancha mumkin
    olish кандай эмне кайда ким качан мага менин мени жана үчүн эгер кылам кылуу болот эмес жок
    менен тууралуу калай кантип жатат алуу чӣ тавр куҷо кӣ кай ман маро ба аз дар ва барои агар
    бояд кард кардан кунам мумкин нест аст бо бораи гуна шуд шуда карда a an the and or to of in
    on at for from with is are was were be been do does did how what where when who why which i
    me my we our us you your he she they them it its not no can could should must if need about
    get got have has had this that there any by without as
"""
